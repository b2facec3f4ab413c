// What the person wrote and the server has not yet taken: kept in localStorage, sent in order, each under one key,
// so that a message sent twice is handled once.

const PLACE = "yizhan.unsent";
const TRIES = 5; // then the person is asked
const LONGEST = { plain: 20000, photos: 300000 }; // ms for one try
const restored = restore(); // what an earlier visit left
const queue = restored.filter((entry) => !entry.photos);
const photos = new Map(); // key -> files; pictures do not outlive the page
let hooks = null;
let isRunning = false;

function restore() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) || [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    localStorage.setItem(PLACE, JSON.stringify(queue));
  } catch {
    // Storage is full or forbidden: the queue lives as long as the page.
  }
}

/** A key nobody else has. randomUUID is there only on https, so its digits may be made by hand. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function request(entry) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), entry.photos ? LONGEST.photos : LONGEST.plain);
  const common = { method: "POST", signal: stop.signal };
  if (entry.photos) {
    const form = new FormData();
    form.append("key", entry.key);
    form.append("text", entry.text);
    for (const file of photos.get(entry.key)) form.append("photo", file, file.name);
    return fetch("/chat/messages", { ...common, body: form });
  }
  const said = entry.choice === undefined ? { text: entry.text } : { choice: entry.choice };
  const headers = { "Content-Type": "application/json" };
  return fetch("/chat/messages", { ...common, headers, body: JSON.stringify({ key: entry.key, ...said }) });
}

/** One try. Returns {answer} when taken, {refusal} when it never will be, {} when it is worth another try. */
async function attempt(entry) {
  try {
    const response = await request(entry);
    if (response.ok) return { answer: await response.json() };
    if (response.status >= 500 || response.status === 429 || response.status === 408) return {};
    const said = await response.json().catch(() => ({}));
    return { refusal: { status: response.status, error: said.error || "" } };
  } catch {
    return {};
  }
}

const pause = (tries) => new Promise((done) => {
  addEventListener("online", done, { once: true });
  setTimeout(done, Math.min(16000, 1000 * 2 ** (tries - 1)) * (0.75 + Math.random() / 2));
});

function take(entry) {
  queue.splice(queue.indexOf(entry), 1);
  photos.delete(entry.key);
  keep();
}

async function deliver(entry) {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    hooks.onState(entry, "sending");
    const { answer, refusal } = await attempt(entry);
    if (answer || refusal) {
      take(entry);
      if (answer) hooks.onAnswer(entry, answer);
      else hooks.onRefusal(entry, refusal);
      return true;
    }
    if (!navigator.onLine) break;
    if (tries < TRIES) await pause(tries);
  }
  return false;
}

/** Send what waits, oldest first. A message that can't get through holds back the ones after it: order matters. */
export async function sendAll() {
  if (isRunning) return;
  isRunning = true;
  while (queue.length && (await deliver(queue[0])));
  isRunning = false;
  for (const entry of queue) hooks.onState(entry, navigator.onLine ? "failed" : "waiting");
  hooks.onIdle();
}

/** True while a message is being sent. */
export const isSending = () => isRunning;

/** Say something: text, or a choice with its label as text, with or without photos (files). */
export function send({ text = "", choice, files = [] }) {
  const entry = { key: newKey(), text, choice, photos: files.length, at: new Date().toISOString() };
  if (files.length) photos.set(entry.key, files);
  queue.push(entry);
  keep();
  hooks.onNew(entry, files);
  sendAll();
}

/** Start: `given` has onNew, onState, onAnswer, onRefusal, onLost (photos that did not outlive the page), onIdle. */
export function open(given) {
  hooks = given;
}

/** Show and send what an earlier visit left. */
export function resume() {
  for (const entry of restored.filter((one) => one.photos || queue.includes(one))) {
    hooks.onNew(entry, []);
    if (entry.photos) hooks.onLost(entry);
  }
  keep();
  if (queue.length) sendAll();
}
