// Figures that move: a section with data-live-url is asked for as JSON every two seconds, and its words put where
// data-live names them. When the state changes the page is opened anew, as other buttons belong to it then.

const section = document.querySelector("[data-live-url]");
const EVERY = 2000; // ms

async function look(state) {
  const answer = await fetch(section.dataset.liveUrl, { headers: { accept: "application/json" } });
  if (!answer.ok) return true;
  const news = await answer.json();
  if (state !== null && news.state !== state) location.reload();
  for (const place of document.querySelectorAll("[data-live]")) {
    const words = news.texts[place.dataset.live];
    if (words !== undefined && place.textContent !== words) place.textContent = words;
  }
  for (const row of section.querySelectorAll("[data-live-row]")) {
    row.classList.toggle("none", news.texts[row.dataset.liveRow] === "0");
  }
  const bar = section.querySelector("[data-live-share]");
  if (bar) bar.value = news.share;
  return news.ended ? true : news.state;
}

async function keep(state) {
  let next = state;
  try {
    if (!document.hidden) next = await look(state);
  } catch {
    next = state; // the network is away for a moment
  }
  if (next !== true) setTimeout(keep, EVERY, next);
}

if (section) keep(null);
