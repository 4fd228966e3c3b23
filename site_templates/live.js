// @ts-check
/**
 * Brings a list up to date with a newer version of its page: what has changed is changed where it stands, so that nothing
 * moves under a finger; new places are announced and come when asked for. Loaded when there is something newer.
 */
import { alike, complete } from "./all.js";
import { apply, missing, renew as take } from "./list.js";

const html = document.documentElement;
const LISTS = ["#cards", "#beyond", "#towns", "#rows"];
const PASSING = /<time [^]*?<\/time>|<p class="far">[^]*?<\/p>| open=""/g; // thousands of places are compared at once
const bar = /** @type {HTMLElement} */ (document.getElementById("fresh"));

/** What is said of a place, without ages and what the script has put there. @param {HTMLElement} element */
function essence(element) {
  return element.className + JSON.stringify(element.dataset) + element.innerHTML.replace(PASSING, "");
}

/** Gives `old` the content of `fresh`; open details stay open, and the focus where it was. @param {HTMLElement} old @param {HTMLElement} fresh */
function swap(old, fresh) {
  const opened = Array.from(old.querySelectorAll("details"), (details) => details.open);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const index = [...old.querySelectorAll("a, summary")].indexOf(/** @type {Element} */ (focused));
  for (const name of Object.keys(old.dataset)) delete old.dataset[name];
  Object.assign(old.dataset, fresh.dataset);
  old.className = fresh.className;
  old.replaceChildren(...old.querySelectorAll(":scope > .far"), ...document.importNode(fresh, true).childNodes);
  old.querySelectorAll("details").forEach((details, nth) => (details.open = opened[nth] ?? details.open));
  if (!focused) return;
  const stops = /** @type {HTMLElement[]} */ ([...old.querySelectorAll("a, summary")]);
  const same = stops.find((stop) => stop.getAttribute("href") === focused.getAttribute("href"));
  (same ?? stops[index] ?? stops[0])?.focus({ preventScroll: true });
}

/** @param {HTMLElement} old @param {HTMLElement} fresh the same place, or another part of the page, newer */
function update(old, fresh) {
  if (essence(old) !== essence(fresh)) return swap(old, fresh);
  const times = [...fresh.querySelectorAll("time")];
  for (const time of old.querySelectorAll("time")) time.replaceWith(document.importNode(times.shift() ?? time, true));
}

/** @param {Document} page */
function places(page) {
  return /** @type {HTMLElement[]} */ ([...page.querySelectorAll(".card, .row")]);
}

/** What else changes on a page, by its name: a town by its address. @param {Document} page @returns {Map<string, HTMLElement>} */
function parts(page) {
  const found = /** @type {HTMLElement[]} */ ([...page.querySelectorAll("[data-live], #towns h3")]);
  return new Map(found.map((part) => [part.dataset.live ?? part.querySelector("a")?.getAttribute("href") ?? "", part]));
}

/** What becomes of an offer that is gone where nothing else is said of its place. @param {HTMLElement} old */
function gone(old) {
  const row = Object.assign(document.createElement("div"), { className: "row" });
  const link = /** @type {HTMLAnchorElement} */ (old.querySelector("h3 a")?.cloneNode(true));
  row.append(Object.assign(link, { dir: "auto" }), Object.assign(document.createElement("p"), { textContent: bar.dataset.gone }));
  return row;
}

/** Changes what has changed where it stands; an offer that is gone stays in its place, and says so. @param {Document} page */
function change(page) {
  const whole = page.querySelector("#cards[data-whole]");
  const newer = new Map(places(page).map((place) => [place.id, place]));
  for (const old of places(document)) {
    const fresh = newer.get(old.id) ?? (whole && old.matches(".card") ? gone(old) : null);
    if (!fresh || (old.matches(".row") && fresh.matches(".card"))) continue;
    if (old.matches(".card") && fresh.matches(".row")) /** @type {HTMLElement} */ (old.closest(".near") ?? old).dataset.kept = "";
    update(old, fresh);
  }
  const lively = parts(page);
  for (const [name, old] of parts(document)) {
    const fresh = lively.get(name);
    if (fresh && name !== "nothing") update(old, fresh);
  }
  const map = page.querySelector("svg.map");
  if (map) document.querySelector("svg.map")?.replaceWith(document.importNode(map, true));
}

/** Shows the lists as they are in `page`. @param {Document} page */
function replace(page) {
  for (const selector of [...LISTS, "[data-live=nothing]"]) {
    const fresh = page.querySelector(selector);
    if (fresh) document.querySelector(selector)?.replaceChildren(...document.importNode(fresh, true).childNodes);
  }
  bar.replaceChildren();
  take(page);
  apply();
}

/** Says that there are new places, with a button that shows them. @param {number} count @param {Document} page */
function announce(count, page) {
  const button = document.createElement("button");
  button.textContent = bar.dataset.show ?? "";
  button.className = "button";
  button.addEventListener("click", () => {
    replace(page);
    document.getElementById("offers")?.focus();
  });
  bar.replaceChildren((bar.dataset.new ?? "").replace("{n}", String(count)), " ", button);
}

/** Takes over what has changed; says whether it could. A fetch that fails throws. @param {string} text the newer page */
export async function renew(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const then = page.documentElement.dataset;
  if (!alike(page)) return false;
  if (document.querySelector("#cards[data-whole]")) await complete(page);
  html.dataset.made = then.made;
  change(page);
  take(page);
  const count = missing(page);
  if (count && document.querySelector("#cards > :not([hidden])")) announce(count, page);
  else if (count) replace(page);
  else bar.replaceChildren();
  return true;
}
