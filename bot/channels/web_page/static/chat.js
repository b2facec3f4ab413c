// The chat page put together. Nothing here makes HTML out of text: see links.js and transcript.js.

import { announce, say } from "./strings.js";
import * as composer from "./composer.js";
import * as connection from "./connection.js";
import * as outbox from "./outbox.js";
import { catchUp, isLoaded, watchTop } from "./history.js";
import { showOptions, showThinking } from "./options.js";
import { thumbnail } from "./photos.js";
import { fitKeyboard, isAtEnd, toBottom, toTurn, watchEnd } from "./scrolling.js";
import * as transcript from "./transcript.js";

const jump = document.getElementById("jump");
const held = []; // pushed while we send: the answer to our own message goes first

function refresh() {
  const isBusy = outbox.isSending();
  showThinking(isBusy);
  return showOptions(isBusy || !isLoaded(), choose);
}

function choose(option) {
  outbox.send({ text: option.label, choice: option.value });
}

// ---- What the bot says ----

function speak(messages, lead) {
  const said = messages.filter((message) => message.from === "bot").map((message) => message.text || say("photo"));
  if (said.length) announce(`${lead}${said.join(" ")}`);
}

function answered(entry, answer) {
  // `messages` (ours and the bot's, with ids) is what the history will hold; without it the replies do.
  const messages = answer.messages || answer.replies.map((reply) => ({ ...reply, from: "bot" }));
  const own = transcript.settle(entry.key, messages.filter((one) => one.from === "me").map((one) => one.id));
  speak(transcript.add(messages.filter((one) => one.from === "bot")), say("bot"));
  toTurn(own);
}

function refused(entry, refusal) {
  transcript.refuse(entry.key);
  composer.complain(refusal.error || say(refusal.status === 413 ? "too_large" : "cannot_send"));
  if (entry.choice === undefined) composer.giveBack(entry.text);
}

function idle() {
  receive(held.splice(0));
  const count = refresh();
  if (isAtEnd()) toTurn();
  if (count) announce(say("choices_count", { count }));
}

// ---- What comes unasked ----

function receive(messages) {
  const wasAtEnd = isAtEnd();
  const fresh = transcript.add(messages);
  if (!fresh.length) return;
  refresh();
  notice(fresh);
  if (wasAtEnd) toTurn(transcript.itemOf(fresh[0].id));
  else jump.hidden = false;
}

function notice(fresh) {
  speak(fresh, `${say("new_message")} `);
  if (document.hidden) document.title = `(${say("new_message")}) ${say("name")}`;
}

async function back() {
  const wasAtEnd = isAtEnd();
  const fresh = await catchUp();
  refresh();
  if (fresh.length) notice(fresh);
  if (wasAtEnd) toBottom();
  outbox.sendAll();
}

// ---- Start ----

async function start() {
  await catchUp();
  outbox.resume();
  refresh();
  toBottom();
  watchTop(refresh);
  connection.open({ onMessage: (one) => (outbox.isSending() ? held.push(one) : receive([one])), onBack: back });
}

jump.addEventListener("click", () => {
  toBottom();
  document.getElementById("scroll").focus({ preventScroll: true });
});
watchEnd(() => {
  jump.hidden = true;
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = say("name");
});
outbox.open({
  onNew: (entry, files) => {
    const own = transcript.addOwn(entry, files.map((file) => thumbnail(file, 84)));
    transcript.mark(entry.key, "sending");
    toTurn(own);
  },
  onState: (entry, state) => {
    transcript.mark(entry.key, state, state === "failed" ? outbox.sendAll : undefined);
    refresh();
    if (isAtEnd()) toBottom();
  },
  onAnswer: answered,
  onRefusal: refused,
  onLost: (entry) => refused(entry, { error: say("photos_gone") }),
  onIdle: idle,
});
composer.open(outbox.send);
document.getElementById("menu").addEventListener("click", () => outbox.send({ text: say("menu") }));
fitKeyboard();
start();
