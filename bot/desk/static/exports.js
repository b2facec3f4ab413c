// Shows how far exports have come without a reload; the page works without it.
const shown = document.getElementById("exports");

async function refresh() {
  if (!("live" in shown.dataset)) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("exports");
    if (!answer.ok || page === null) return;
    if (!shown.contains(document.activeElement)) {
      shown.replaceChildren(...page.childNodes);
      if (!("live" in page.dataset)) delete shown.dataset.live;
    }
  } catch {
    // offline for a moment: the next turn asks again
  }
  setTimeout(refresh, 2000);
}

setTimeout(refresh, 2000);
