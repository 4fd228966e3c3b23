// @ts-check
/**
 * On every page: ages by the server's clock, a notice when the page is old or the connection is gone, and whatever is
 * newer, asked for gently. Without it nothing is missing but search by script, filters and this.
 */
const html = document.documentElement;
const { root = "", staleAfter, expiresAfter, now: justNow = "", ago = "", at: atTime = "", locale } = html.dataset;
const USUALLY = 60_000; // milliseconds between two looks
const AT_MOST = 300_000; // after failures
const COUNTS = ".summary, #offers, figure:has(.map), #towns h3 .small"; // what says that or how many places have appointments
/** @type {Record<string, Record<string, string>>} by unit and plural; Intl.RelativeTimeFormat takes a slow phone 0.1 s to load */
const words = JSON.parse(ago);
const plurals = new Intl.PluralRules(html.lang);
/** @type {Intl.DateTimeFormat | undefined} made when a time is said that the page does not print: this one, too, takes 0.1 s */
let clock;
/** @type {Map<string | undefined, number>} by source, when everything that it says on this page was looked at last */
let seen = new Map();
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

/** The time of day where the places are, as the page prints it. @param {number} time @param {string} like a time with the offset there */
function at(time, like) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(like) ?? ["", "+", "0", "0"];
  const there = time + Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  // French for languages that the browser has no times of: so does the server
  clock ??= new Intl.DateTimeFormat([locale ?? html.lang, "fr"], { timeStyle: "short", timeZone: "UTC" });
  return atTime.replace("{time}", clock.format(there));
}

/** Stops offering appointments whose answer has expired: nobody knows whether they can still be had. @param {Element | null} offer */
function withdraw(offer) {
  for (const answer of offer?.querySelectorAll(".yes, .answer") ?? []) {
    answer.classList.replace("yes", "unknown");
    answer.textContent = html.dataset.unknown ?? "";
  }
  for (const element of offer?.querySelectorAll(".days, .offered") ?? []) element.remove();
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (offer?.querySelectorAll(".ways [rel~=external].button") ?? [])) {
    link.textContent = (html.dataset.look ?? "").replace("{host}", link.hostname.replace(/^www\./, ""));
  }
}

/** @param {number} now the server's time */
function tell(now) {
  const old = now - Date.parse(html.dataset.made ?? "");
  notice("old", old > Number(staleAfter) * 1000);
  for (const count of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(COUNTS))) {
    count.hidden = old > Number(expiresAfter) * 1000;
  }
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time[data-age]"))) {
    const exact = (time.dataset.exact ??= time.textContent ?? "");
    const printed = Date.parse(time.dateTime);
    const latest = Math.max(printed, seen.get(time.dataset.age) || 0);
    if (now - latest > Number(expiresAfter) * 1000) withdraw(time.closest(".card, .offer, .voice"));
    const same = Math.floor(latest / 60_000) === Math.floor(printed / 60_000);
    time.textContent = `${age(now - latest)} (${same ? exact : at(latest, time.dateTime)})`;
  }
}

/** When an answer left its origin. @param {Response} answer */
function departure(answer) {
  return Date.parse(answer.headers.get("Date") ?? "");
}

/** Asks for this page anew and shows what has changed. Returns when the page that is shown was the newest; 0 if it is not. */
async function renew() {
  const answer = await fetch(location.pathname, { cache: "no-cache" });
  const text = await answer.text();
  const [, made = ""] = / data-made="([^"]*)/.exec(text) ?? [];
  let shown = answer.ok && made !== "";
  if (Date.parse(made) > Date.parse(html.dataset.made ?? "")) {
    shown = document.getElementById("filters") ? await (await import("./live.js")).renew(text) : false;
    if (!shown) notice("newer", true);
  }
  return shown ? departure(answer) : 0;
}

/** @param {Record<string, string>} source of freshness.json @returns {[string, number]} */
function looks({ name, all_checked_at: at }) {
  return [name, Date.parse(at)];
}

async function refresh() {
  const answer = await fetch(`${root}freshness.json`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`freshness.json: ${answer.status}`);
  // a cache says in Age for how long it has kept an answer that bears the date of its origin
  const now = departure(answer) + 1000 * Number(answer.headers.get("Age"));
  const { generated_at, sources = [] } = await answer.json();
  if (!now || !generated_at) return;
  const newest = Date.parse(generated_at) > Date.parse(html.dataset.made ?? "") ? await renew() : Infinity;
  // what was seen meanwhile is that of this page only if no cache had an older one, and if it is made when an answer changes
  if (newest >= departure(answer) && !document.getElementById("lags")) seen = new Map(sources.map(looks));
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
else if (document.getElementById("find")) import("./find.js").then(({ start }) => start());
if (kept) listKept(kept);
if (isSecureContext && "serviceWorker" in navigator) addEventListener("load", () => keep().catch(() => {}));
addEventListener("online", look);
addEventListener("offline", () => notice("offline", true));
document.addEventListener("visibilitychange", () => plan(Math.max(0, last + wait - performance.now())));
look();
