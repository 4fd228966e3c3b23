// Turns times into ages by the server's clock and says when the page is old. Without it nothing is missing.
const { root, made, staleAfter, now: justNow } = document.documentElement.dataset;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang);

function age(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  if (minutes < 1) return justNow;
  if (minutes < 120) return words.format(-minutes, "minute");
  return minutes < 2880 ? words.format(-Math.floor(minutes / 60), "hour") : words.format(-Math.floor(minutes / 1440), "day");
}

function show(now, latest) {
  const newer = latest > Date.parse(made);
  document.getElementById("newer").hidden = !newer;
  document.getElementById("old").hidden = newer || now - Date.parse(made) <= staleAfter * 1000;
  for (const time of document.querySelectorAll("time[data-age]")) {
    time.textContent = age(now - Date.parse(time.dateTime));
  }
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${root}freshness.json`, { cache: "no-cache" });
    // a cache says in Age for how long it has kept an answer that bears the date of its origin
    const now = Date.parse(answer.headers.get("Date")) + 1000 * Number(answer.headers.get("Age"));
    const latest = Date.parse((await answer.json()).generated_at);
    if (answer.ok && now && latest) show(now, latest);
  } catch {
    // no network, or not our answer: the page as made stays true
  }
}

refresh();
setInterval(refresh, 60000);
document.addEventListener("visibilitychange", refresh);
