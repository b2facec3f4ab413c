// The page's sentences, in the language the server chose.

const strings = JSON.parse(document.getElementById("strings").textContent);

/** The sentence called `name`, with its {places} filled. */
export function say(name, values = {}) {
  return strings[name].replace(/\{(\w+)\}/g, (_, place) => values[place]);
}

/** What a person who has not written yet can tap. */
export const starters = strings.starters;

const announcer = document.getElementById("announcer");

/** Let a screen reader say `text` once; it leaves no trace to be read again. */
export function announce(text) {
  const line = document.createElement("p");
  line.textContent = text;
  announcer.append(line);
  setTimeout(() => line.remove(), 10000);
}

/** An element with a class and, when given, text. */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** One of the icons drawn in the page. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}
