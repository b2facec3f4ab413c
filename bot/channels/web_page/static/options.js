// The quick replies under the newest message.

import { element, starters } from "./strings.js";
import { isEmpty, liveOptions } from "./transcript.js";

const row = document.getElementById("options");
const thinking = document.getElementById("thinking");

function button(option, onChoose) {
  const made = element("button", "option", option.label);
  made.type = "button";
  made.addEventListener("click", () => onChoose(option));
  return made;
}

/** Show what can be tapped now: nothing while an answer is on its way, starters to a person who is new. */
export function showOptions(isBusy, onChoose) {
  const hadFocus = row.contains(document.activeElement);
  const fresh = isEmpty() ? starters.map((label) => ({ label })) : liveOptions();
  const options = isBusy ? [] : fresh;
  row.replaceChildren(...options.map((option) => button(option, onChoose)));
  row.hidden = !options.length;
  // Back to the conversation, not to the text field: that would raise the phone's keyboard.
  if (hadFocus) document.getElementById("scroll").focus({ preventScroll: true });
  return options.length;
}

/** Show or hide "is answering". */
export function showThinking(isBusy) {
  thinking.hidden = !isBusy;
}
