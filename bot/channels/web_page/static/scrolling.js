// Where the reader is in the conversation.

const scroll = document.getElementById("scroll");
let atEnd = true;
let start = null; // the first message of the newest turn

const gap = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;

/** Whether the newest message is in sight. */
export const isAtEnd = () => atEnd;

/** Go to the very end. */
export function toBottom() {
  scroll.scrollTop = scroll.scrollHeight;
  atEnd = true;
}

/** Show the newest turn, which began with `first`; of one longer than the screen, its beginning. */
export function toTurn(first) {
  start = first || start;
  const newest = scroll.scrollHeight - scroll.clientHeight;
  scroll.scrollTop = start && start.isConnected ? Math.min(newest, start.offsetTop - 12) : newest;
  atEnd = true;
}

/** Run `change`, which adds something on top; what is being read stays where it is. */
export function keepingPlace(change) {
  const height = scroll.scrollHeight;
  change();
  scroll.scrollTop += scroll.scrollHeight - height;
}

/** Call `onEnd` whenever the reader reaches the end; stay there when the keyboard opens or a picture has loaded. */
export function watchEnd(onEnd) {
  const stay = () => atEnd && toBottom();
  scroll.addEventListener("scroll", () => {
    atEnd = gap() < 60;
    if (atEnd) onEnd();
  }, { passive: true });
  scroll.addEventListener("load", stay, true);
  new ResizeObserver(stay).observe(scroll);
}

/** An iPhone lays its keyboard over the page: make the page as high as what is left to see. */
export function fitKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  view.addEventListener("resize", () => {
    if (view.scale > 1.01) return; // zoomed in by hand: leave it
    document.documentElement.style.setProperty("--height", `${view.height}px`);
    scrollTo(0, 0);
  });
}
