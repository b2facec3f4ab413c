// New messages pushed by the server, and one line that tells when the line is down.

import { announce, say } from "./strings.js";

const PATIENCE = 4000; // ms before a broken stream is worth a word
const line = document.getElementById("connection");
let hooks = null;
let source = null;
let wasLost = false;
let tries = 0;
let timer = 0;

function tell(state) {
  const words = state ? say(state) : "";
  if (line.textContent === words) return;
  announce(words || say("back"));
  line.textContent = words;
  line.hidden = !words;
}

function onOpen() {
  clearTimeout(timer);
  tries = 0;
  tell("");
  if (wasLost) hooks.onBack();
  wasLost = false;
}

function onMessage(event) {
  hooks.onMessage(JSON.parse(event.data));
}

function onError() {
  if (!wasLost) timer = setTimeout(() => tell(navigator.onLine ? "lost" : "offline"), PATIENCE);
  wasLost = true;
  // The browser tries again by itself, except after an HTTP error.
  if (source.readyState !== EventSource.CLOSED) return;
  tries += 1;
  setTimeout(connect, Math.min(30000, 1000 * 2 ** tries));
}

function connect() {
  close();
  // A new EventSource sends no Last-Event-ID header: what was missed comes through the history.
  source = new EventSource("/chat/events");
  source.addEventListener("open", onOpen);
  source.addEventListener("message", onMessage);
  source.addEventListener("error", onError);
}

function close() {
  if (source) source.close();
  source = null;
}

/** Start: `given` has onMessage (one message) and onBack (the line is up again). */
export function open(given) {
  hooks = given;
  connect();
  addEventListener("offline", () => tell("offline"));
  addEventListener("online", () => {
    tell("");
    hooks.onBack();
    if (!source || source.readyState === EventSource.CLOSED) connect();
  });
  // A page kept for the back button holds no stream.
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    wasLost = true;
    connect();
  });
}
