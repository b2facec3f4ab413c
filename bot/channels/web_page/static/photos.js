// Photos chosen and not yet sent. Thumbnails are drawn on canvas: a strict content policy forbids blob: pictures.

import { announce, element, icon, say } from "./strings.js";

const MOST = 9;
const LARGEST = 10 * 1024 * 1024;
const row = document.getElementById("photos");
let chosen = [];

/** A small drawing of `file`, `size` CSS pixels wide at most; its name where it can't be read. */
export function thumbnail(file, size) {
  const canvas = element("canvas", "thumb");
  canvas.width = canvas.height = size * 2;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", file.name || say("photo"));
  draw(canvas, file).catch(() => canvas.replaceWith(element("span", "thumb name", file.name)));
  return canvas;
}

async function draw(canvas, file) {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const left = (bitmap.width - side) / 2;
  const top = (bitmap.height - side) / 2;
  canvas.getContext("2d").drawImage(bitmap, left, top, side, side, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

function remove(file) {
  const place = chosen.indexOf(file);
  chosen = chosen.filter((other) => other !== file);
  show();
  const next = row.querySelectorAll("button")[Math.min(place, chosen.length - 1)];
  (next || document.getElementById("add-photo")).focus();
}

function tile(file, place) {
  const made = element("li");
  const button = element("button");
  button.type = "button";
  button.setAttribute("aria-label", say("photo_remove", { number: place + 1 }));
  button.append(icon("close"));
  button.addEventListener("click", () => remove(file));
  made.append(thumbnail(file, 72), button);
  return made;
}

function show() {
  row.replaceChildren(...chosen.map(tile));
  row.hidden = !chosen.length;
}

function complaint(file) {
  if (!/^(image|audio)\/|^application\/pdf$/.test(file.type)) return say("photo_only");
  return file.size > LARGEST ? say("photo_large", { name: file.name }) : "";
}

/** Add `files`. Returns one line on what could not be taken, or "". */
export function addPhotos(files) {
  const wrong = files.map(complaint).find(Boolean) || "";
  const good = files.filter((file) => !complaint(file));
  const tooMany = chosen.length + good.length > MOST;
  chosen = [...chosen, ...good].slice(0, MOST);
  show();
  if (good.length) announce(say("photo_added", { count: chosen.length }));
  return wrong || (tooMany ? say("photo_most") : "");
}

/** Take the photos away to be sent. */
export function takePhotos() {
  const taken = chosen;
  chosen = [];
  show();
  return taken;
}

/** True when there are photos to send. */
export const hasPhotos = () => chosen.length > 0;
