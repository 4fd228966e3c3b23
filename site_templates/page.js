// @ts-check
/**
 * On every page: ages by the server's clock, a notice when the page is old or the connection is gone, and whatever is
 * newer, asked for gently. Without it nothing is missing but search by script, filters and this.
 */
const html = document.documentElement;
const { root = "", staleAfter, now: justNow = "", ago = "" } = html.dataset;
const USUALLY = 60_000; // milliseconds between two looks
const AT_MOST = 300_000; // after failures
/** @type {Record<string, Record<string, string>>} by unit and plural; Intl.RelativeTimeFormat takes a slow phone 0.1 s to load */
const words = JSON.parse(ago);
const plurals = new Intl.PluralRules(html.lang);
let wait = USUALLY;
let last = -Infinity;
let timer = 0;

/** @param {string} id @param {boolean} shown */
function notice(id, shown) {
  const element = document.getElementById(id);
  if (element) element.hidden = !shown;
}

/** @param {number} milliseconds */
function age(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return justNow;
  const [unit, size] = minutes < 120 ? ["minute", 1] : minutes < 2880 ? ["hour", 60] : ["day", 1440];
  const count = Math.floor(minutes / size);
  return (words[unit][plurals.select(count)] ?? words[unit].other).replace("{n}", String(count));
}

/** @param {number} now the server's time */
function tell(now) {
  notice("old", now - Date.parse(html.dataset.made ?? "") > Number(staleAfter) * 1000);
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time[data-age]"))) {
    const exact = (time.dataset.exact ??= time.textContent ?? "");
    time.textContent = `${age(now - Date.parse(time.dateTime))} (${exact})`;
  }
}

async function refresh() {
  const answer = await fetch(`${root}freshness.json`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`freshness.json: ${answer.status}`);
  // a cache says in Age for how long it has kept an answer that bears the date of its origin
  const now = Date.parse(answer.headers.get("Date") ?? "") + 1000 * Number(answer.headers.get("Age"));
  const latest = Date.parse((await answer.json()).generated_at);
  if (!now || !latest) return;
  if (latest > Date.parse(html.dataset.made ?? "")) {
    if (document.getElementById("filters")) await (await import("./live.js")).renew();
    else notice("newer", true);
  }
  tell(now);
}

async function look() {
  if (document.hidden) return;
  last = performance.now();
  try {
    await refresh();
    wait = USUALLY;
    notice("offline", false);
  } catch (error) {
    wait = Math.min(wait * 2, AT_MOST);
    if (error instanceof TypeError) notice("offline", true); // what fetch throws without a connection
  }
  plan(wait);
}

/** @param {number} delay */
function plan(delay) {
  clearTimeout(timer);
  timer = setTimeout(look, delay * (0.9 + Math.random() / 5));
}

/** Has the service worker keep this page and what it needs, for when there is no connection. */
async function keep() {
  await navigator.serviceWorker.register(`${root}sw.js`);
  const { active } = await navigator.serviceWorker.ready;
  const manifest = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=manifest]"));
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const assets = loaded.filter((name) => name.includes("/assets/"));
  active?.postMessage([location.href, new URL("offline/", manifest.href).href, ...assets]);
}

/** @param {HTMLElement} list of the pages that can be read without a connection */
async function listKept(list) {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const answer = await cache.match(url);
      if (!url.endsWith("/") || url === location.href || !answer) continue;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const link = Object.assign(document.createElement("a"), { href: url, textContent: page.title });
      const item = document.createElement("li");
      item.append(link, " ", page.querySelector("time.made-at")?.textContent ?? "");
      list.append(item);
    }
  }
}

const kept = document.getElementById("kept");
if (document.getElementById("filters")) import("./list.js");
if (kept) listKept(kept);
if (isSecureContext && "serviceWorker" in navigator) addEventListener("load", () => keep().catch(() => {}));
addEventListener("online", look);
addEventListener("offline", () => notice("offline", true));
document.addEventListener("visibilitychange", () => plan(Math.max(0, last + wait - performance.now())));
look();
