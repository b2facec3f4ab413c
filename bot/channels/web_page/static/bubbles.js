// What one message looks like, and the time lines between messages.

import { element, icon, say } from "./strings.js";
import { anchor, safeUrl, withLinks } from "./links.js";

const language = document.documentElement.lang;
const PAUSE = 10 * 60 * 1000; // ms; a longer one gets a time line

function picture(message) {
  const figure = element("figure");
  const link = anchor(safeUrl(message.url), "");
  const image = element("img");
  image.src = link.href;
  image.alt = message.text || say("photo");
  image.loading = "lazy";
  link.append(image);
  figure.append(link);
  if (message.text && message.from === "bot") figure.append(words("figcaption", message.text));
  return figure;
}

function card(message) {
  const link = anchor(safeUrl(message.url), "");
  link.className = "card";
  const hint = say(message.kind === "file" ? "open_file" : "open_link");
  link.append(icon(message.kind), element("span", "", message.text || hint));
  return link;
}

function words(tag, text) {
  const made = element(tag, "words");
  made.append(withLinks(text));
  return made;
}

function body(message) {
  const bubble = element("div", "bubble");
  const usable = message.kind !== "text" && safeUrl(message.url);
  if (!usable && message.text) bubble.append(words("p", message.text));
  if (usable) bubble.append(message.kind === "image" ? picture(message) : card(message));
  return bubble;
}

function labels(options) {
  const line = element("p", "past");
  line.append(element("span", "unseen", say("choices")));
  for (const option of options) line.append(element("span", "", option.label), " ");
  return line;
}

/** One message as a list item; it carries its `options`. */
export function item(message) {
  const made = element("li", `message ${message.from} ${message.kind}`);
  made.append(element("span", "unseen", say(message.from === "me" ? "you" : "bot")), body(message));
  made.options = message.options || [];
  if (made.options.length) made.append(labels(made.options));
  if (message.id) made.dataset.id = message.id;
  return made;
}

function clock(at) {
  const time = at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return say("today", { time });
  if (days === 1) return say("yesterday", { time });
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return `${at.toLocaleDateString(language, { year, month: "short", day: "numeric" })} ${time}`;
}

function stamp(at) {
  const line = element("li", "stamp");
  const time = element("time", "", clock(at));
  time.dateTime = at.toISOString();
  line.append(time);
  return line;
}

/** `messages`, oldest first, as nodes; `since` is the time of the one before them (0: none). */
export function nodes(messages, since) {
  const made = document.createDocumentFragment();
  let last = since;
  for (const message of messages) {
    const at = message.at ? new Date(message.at) : new Date();
    if (at - last > PAUSE) made.append(stamp(at));
    last = at;
    const one = item(message);
    one.at = at;
    made.append(one);
  }
  return made;
}
