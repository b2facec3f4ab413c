// Earlier messages: the newest page on opening, older ones on scrolling up.

import { announce, say } from "./strings.js";
import { add, addOlder, clear, dropUnnamed, isEmpty, overlaps, welcome } from "./transcript.js";

const button = document.getElementById("earlier");
let cursor = null; // where the next older page ends
let isLoading = false;
let loaded = false;

/** Whether the server has told what was said before. */
export const isLoaded = () => loaded;

async function page(before) {
  const query = before ? `?before=${encodeURIComponent(before)}` : "";
  const answer = await fetch(`/chat/history${query}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`history: ${answer.status}`);
  return answer.json();
}

function offer(more) {
  cursor = more;
  button.hidden = !more;
  button.textContent = say("earlier");
}

function offerAgain() {
  button.hidden = false;
  button.textContent = say("history_failed");
}

/** Bring the list up to date with the server. Returns the messages that are new. */
export async function catchUp() {
  let latest;
  try {
    latest = await page("");
  } catch {
    if (!loaded) offerAgain();
    return [];
  }
  dropUnnamed();
  if (!overlaps(latest.messages)) {
    clear(); // the first page, or a gap longer than one: start from the newest
    offer(latest.more);
  }
  const fresh = add(latest.messages);
  if (isEmpty()) welcome();
  loaded = true;
  return fresh;
}

async function older() {
  if (isLoading) return;
  isLoading = true;
  try {
    if (!cursor) return void (await catchUp());
    const earlier = await page(cursor);
    addOlder(earlier.messages);
    offer(earlier.more);
  } catch {
    offerAgain();
    announce(say("history_failed"));
  } finally {
    isLoading = false;
  }
}

/** Load older messages when the top comes into sight (or by the button there). */
export function watchTop(onChange) {
  const load = () => older().then(onChange);
  button.addEventListener("click", load);
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting) && cursor) load();
  }, { root: document.getElementById("scroll") }).observe(button);
}
