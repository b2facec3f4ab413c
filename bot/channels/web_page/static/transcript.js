// The list of messages, and how far our own have come.

import { item, nodes } from "./bubbles.js";
import { announce, element, icon, say } from "./strings.js";
import { keepingPlace } from "./scrolling.js";

const list = document.getElementById("messages");
const shown = new Set(); // ids of the messages in the list

function unseen(messages) {
  const fresh = messages.filter((message) => !message.id || !shown.has(message.id));
  for (const message of fresh) if (message.id) shown.add(message.id);
  return fresh;
}

function lastTime() {
  const all = list.querySelectorAll(".message");
  return all.length ? all[all.length - 1].at : 0;
}

/** Put `messages` at the end, above what is still on its way. Returns those that were not there yet. */
export function add(messages) {
  const fresh = unseen(messages);
  if (fresh.length) list.querySelector(".welcome")?.remove();
  list.insertBefore(nodes(fresh, lastTime()), list.querySelector("[data-key]"));
  return fresh;
}

/** Put older `messages` before the rest; what the person reads stays where it is. */
export function addOlder(messages) {
  keepingPlace(() => list.prepend(nodes(unseen(messages), 0)));
}

/** Drop what was shown without an id: the history about to be added holds it. */
export function dropUnnamed() {
  for (const one of list.querySelectorAll(".message:not([data-id]):not([data-key]):not([data-state])")) one.remove();
}

/** Empty the list, but for what is still on its way. */
export function clear() {
  for (const one of list.querySelectorAll("li:not([data-key])")) one.remove();
  shown.clear();
}

/** Whether any of `messages` is already in the list. */
export const overlaps = (messages) => messages.some((message) => shown.has(message.id));

/** Greet a person who has written nothing yet. */
export function welcome() {
  const made = item({ from: "bot", kind: "text", text: say("welcome"), options: [] });
  made.classList.add("welcome");
  list.append(made);
}

/** True while nothing was said. */
export const isEmpty = () => !list.querySelector(".message:not(.welcome)");

/** The options that can be tapped: those of the newest bot message that has any, until the person has answered. */
export function liveOptions() {
  const all = [...list.querySelectorAll(".message")];
  const answered = all.map((one) => one.matches(".me:not([data-state=refused])")).lastIndexOf(true);
  const live = all.slice(answered + 1).reverse().find((one) => one.options.length);
  for (const one of all) one.classList.toggle("live", one === live);
  return live ? live.options : [];
}

// ---- Our own messages on their way ----

/** The item of message `id`. */
export const itemOf = (id) => list.querySelector(`[data-id="${CSS.escape(id)}"]`);

const pending = (key) => list.querySelector(`[data-key="${key}"]`);

/** Show what the person just wrote, chose or sent as pictures (`thumbs`: nodes). Returns its item. */
export function addOwn(entry, thumbs = []) {
  list.querySelector(".welcome")?.remove();
  const text = entry.text || (entry.photos && !thumbs.length ? say("sent_photos", { count: entry.photos }) : "");
  const made = nodes([{ from: "me", kind: "text", text, at: entry.at }], lastTime());
  const one = made.lastChild;
  one.dataset.key = entry.key;
  if (thumbs.length) one.classList.add("album");
  for (const thumb of thumbs) one.querySelector(".bubble").append(thumb);
  one.append(element("p", "state"));
  list.append(made);
  return one;
}

/** Mark an own message as "sending", "waiting" or "refused"; "failed" comes with `onRetry` for its button. */
export function mark(key, state, onRetry) {
  const one = pending(key);
  if (!one || one.dataset.state === state) return;
  one.dataset.state = state;
  const line = one.querySelector(".state");
  line.replaceChildren(onRetry ? retryButton(onRetry) : document.createTextNode(say(state)));
  if (state === "waiting" || state === "failed") announce(say(state));
}

function retryButton(onRetry) {
  const button = element("button", "retry");
  button.type = "button";
  button.append(icon("retry"), say("failed"));
  button.addEventListener("click", onRetry);
  return button;
}

/** An own message has arrived under the names `ids`. Returns its item, null when it stood there already. */
export function settle(key, ids) {
  const one = pending(key);
  if (!one) return null;
  const isTwice = ids.some((id) => shown.has(id));
  for (const id of ids) shown.add(id);
  if (isTwice) one.remove();
  if (ids.length) one.dataset.id = ids[0];
  one.querySelector(".state").remove();
  delete one.dataset.key;
  delete one.dataset.state;
  return isTwice ? null : one;
}

/** An own message will never be taken: it stays in sight, marked. */
export function refuse(key) {
  mark(key, "refused");
  delete pending(key)?.dataset.key;
}
