// Where the person writes: text that grows, photos by button or pasting, one line for what went wrong.

import { addPhotos, hasPhotos, takePhotos } from "./photos.js";

const form = document.getElementById("composer");
const text = document.getElementById("text");
const problem = document.getElementById("problem");
const input = document.getElementById("photo-input");
const DRAFT = "yizhan.draft";

/** Show one line above the text, "" to take it away. */
export function complain(line) {
  problem.textContent = line;
  problem.hidden = !line;
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + text.offsetHeight - text.clientHeight}px`;
  form.classList.toggle("ready", Boolean(text.value.trim()) || hasPhotos());
}

function draft(value) {
  try {
    if (value === undefined) return sessionStorage.getItem(DRAFT) || "";
    sessionStorage.setItem(DRAFT, value);
  } catch {
    // No storage: a reload loses the draft, nothing else.
  }
  return "";
}

function attach(files) {
  complain(addPhotos([...files]));
  grow();
}

function submit(onSend) {
  const said = text.value.trim();
  if (!said && !hasPhotos()) return text.focus();
  complain("");
  text.value = "";
  draft("");
  onSend({ text: said, files: takePhotos() });
  return grow();
}

/** Put a refused text back to be changed, unless something else is being written. */
export function giveBack(said) {
  if (text.value) return;
  text.value = said;
  grow();
}

/** Enter sends and Shift+Enter breaks the line, but never while Chinese is being composed. */
function onKey(event) {
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || isComposing) return;
  event.preventDefault();
  form.requestSubmit ? form.requestSubmit() : document.getElementById("send").click();
}

function onPaste(event) {
  if (!event.clipboardData.files.length) return;
  event.preventDefault();
  attach(event.clipboardData.files);
}

/** Start: `onSend` gets {text, files}. */
export function open(onSend) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(onSend);
  });
  text.addEventListener("keydown", onKey);
  text.addEventListener("paste", onPaste);
  text.addEventListener("input", () => {
    grow();
    draft(text.value);
  });
  // A tap on the button must not close the phone's keyboard.
  document.getElementById("send").addEventListener("pointerdown", (event) => event.preventDefault());
  document.getElementById("add-photo").addEventListener("click", () => input.click());
  document.getElementById("photos").addEventListener("click", grow);
  input.addEventListener("change", () => {
    attach(input.files);
    input.value = "";
  });
  text.value = draft();
  grow();
}
