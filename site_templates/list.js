// @ts-check
/** Shows those places of a page that fit what is asked for. A place is never hidden for what it does not state. */
import { KM, UNIT, address, form, offer, restore, show, wanted } from "./asked.js";
import { chart, follow, kilometres, locate, more, read } from "./places.js";

/** @typedef {import("./places.js").Item} Item */
/** @typedef {import("./asked.js").Wanted} Wanted */

const says = /** @type {Record<string, string>} */ (form.dataset);
const find = /** @type {HTMLFormElement} */ (element("find"));
const near = /** @type {HTMLInputElement} */ (element("near"));
/** @type {Intl.NumberFormat | undefined} made when a distance is said: to load this takes a slow phone 0.1 s */
let ways;
/** @type {[number, number] | null} latitude and longitude of who asks, once they let us know */
let centre = null;
/** How it went to look through all offers of the region, where the page has no room for them: "now", "partly", "whole" */
let looked = "";
let drawing = 0;
let items = read(document);
let map = chart(document);
let order = new Map(items.map((item) => [item.place.id, item.order]));

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {number} km */
function away(km) {
  const languages = [document.documentElement.lang, "en"];
  ways ??= new Intl.NumberFormat(languages, { style: "unit", unit: UNIT, unitDisplay: "long", maximumFractionDigits: 0 });
  return km < KM ? says.close : ways.format(km / KM);
}

/** Whether a place fits but for its days. @param {Item} item @param {Wanted} want */
function fits({ kind, offer, products, doses, ages, flags }, want) {
  if (want.kind && want.kind !== kind) return false;
  return !offer || (
    (!want.product || !products.length || products.includes(want.product)) &&
    (!want.dose || !doses.length || doses.includes(want.dose)) &&
    (!want.ages || !ages || (ages[0] < want.ages[1] && want.ages[0] < ages[1])) &&
    [...want.flags].every((flag) => flags.includes(flag))
  );
}

/** Decides what is listed: the places within reach, and where there is no offer among them those farther away. @param {Item[]} places */
export function judge(places) {
  const want = wanted();
  const limit = places.some(({ km }) => km !== null) ? want.km : Infinity;
  const within = (/** @type {Item} */ { km }) => km === null || km <= limit;
  /** @type {Record<number, number>} how many places have each day */
  const counts = {};
  for (const item of places) {
    const days = item.days.filter(([, parts]) => !want.part || !parts || parts.includes(want.part));
    item.listed = fits(item, want);
    if (item.listed && within(item)) for (const [offset] of days) counts[offset] = (counts[offset] ?? 0) + 1;
    item.listed &&= !item.days.length || days.some(([offset]) => want.day < 0 || want.day === offset);
  }
  const reached = limit === Infinity || places.some((item) => item.listed && item.offer && item.km !== null && within(item));
  for (const item of places) item.listed &&= within(item) || (item.offer && !reached);
  return { want, counts, reached };
}

/** Brings the list, the map, the days and the address's numbers in line with the form. */
export function apply() {
  const { want, counts, reached } = judge(items);
  let [shown, offers, hides] = [0, 0, 0];
  for (const { box, offer, listed } of items) {
    const seen = (listed && (offer || want.all)) || box.hasAttribute("data-kept");
    if (box.hidden === seen) box.hidden = !seen;
    if (seen) shown += 1;
    else if (listed) hides += 1;
    if (seen && offer) offers += 1;
  }
  arrange(want.far || !reached);
  fold();
  show(counts);
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(() => setTimeout(draw)); // after the list: thousands of marks take as long as that
  const lost = (want.far || want.km < Infinity) && items.every(({ km }) => km === null);
  const none = !offers && items.some(({ offer }) => offer) ? says.none : "";
  const farther = reached ? "" : says.farther.replace("{far}", away(want.km));
  report(shown, hides, lost ? says.centre : more(document) ? "" : none || farther);
}

function draw() {
  follow(map, new Set(items.filter(({ box }) => box.hidden).map(({ place }) => place.id)));
}

/** @param {boolean} byDistance */
function arrange(byDistance) {
  const first = (/** @type {Item} */ { km, days }) => (byDistance ? km : days[0]?.[0]) ?? Infinity;
  const offers = items.filter(({ offer }) => offer).sort((a, b) => first(a) - first(b) || a.order - b.order);
  for (const list of new Set(offers.map((item) => item.list))) {
    const boxes = offers.filter((item) => item.list === list).map(({ box }) => box);
    if (boxes.some((box, index) => list.children[index] !== box)) list.append(...boxes);
  }
}

/** Hides a list that shows nothing with its heading; the first one and that of the towns stay. */
function fold() {
  for (const list of new Set(items.map((item) => item.list))) {
    if (list.id === "cards" || list.closest("#towns")) continue;
    /** @type {HTMLElement} */ (list.parentElement).hidden = [...list.children].every((box) => box.hasAttribute("hidden"));
  }
}

/** @param {number} shown @param {number} hides @param {string} why */
function report(shown, hides, why) {
  const active = [...address().keys()].filter((name) => name !== "all" && name !== "here").length;
  element("active").textContent = active ? `(${active})` : "";
  element("clear").hidden = !active;
  element("hides").textContent = hides ? says.hides.replace("{n}", String(hides)) : "";
  element("shown").textContent = looked || `${address()}` ? outcome(shown) : "";
  element("why").textContent = why;
  element("why").hidden = !why;
}

/** @param {number} shown */
function outcome(shown) {
  if (looked === "now") return says.looking;
  const offers = items.filter(({ offer }) => offer).length;
  const partly = looked === "partly" && more(document) ? ` · ${says.partly.replace("{n}", String(offers))}` : "";
  return says.shown.replace("{n}", String(shown)) + partly;
}

/** How far each place is, as far as the map knows. @param {Item[]} places */
function measure(places) {
  for (const item of centre ? places : []) {
    const spot = map.spots.get(item.place.id);
    item.km = centre && spot ? kilometres(centre, spot) : null;
  }
  return places;
}

/** Writes the distances that the server could not know. */
function label() {
  for (const { box, km } of centre ? items : []) {
    const far = box.querySelector(".far") ?? document.createElement("p");
    far.className = "far";
    far.textContent = km === null ? says.unplaced : away(km);
    if (!far.parentElement) box.prepend(far);
  }
}

/** Goes by distance from a position. @param {[number, number]} position latitude and longitude */
export function from(position) {
  centre = position;
  renew();
}

/** Takes the places in as they are now. @param {Document} [page] a newer one, whose order and map hold from now on */
export function renew(page) {
  if (page) {
    map = chart(page);
    order = new Map(read(page).map((item) => [item.place.id, item.order]));
  }
  items = measure(read(document));
  for (const item of items) {
    const { id } = item.place;
    if (!order.has(id)) order.set(id, order.size);
    item.order = order.get(id) ?? 0;
  }
  label();
  offer(items);
  draw();
}

/** How many offers of a newer page fit and are not shown yet. @param {Document} page */
export function missing(page) {
  const seen = new Set(items.filter((item) => item.offer && !item.box.hidden).map(({ place }) => place.id));
  const places = measure(read(page));
  judge(places);
  return places.filter((item) => item.offer && item.listed && !seen.has(item.place.id)).length;
}

/** Shows what the form asks for, of all offers of the region: those that the page has no room for are fetched first. */
async function look() {
  if (looked !== "now" && more(document)) {
    looked = "now";
    apply();
    looked = await import("./all.js").then(({ complete }) => complete(document)).then(() => "whole", () => "partly");
    if (looked === "whole") element("fresh").replaceChildren(); // what it announced has come
    locate(map, document);
    renew();
  }
  apply();
}

/** Shows what the form asks for from now on, as a step to come back from. */
export function changed() {
  for (const kept of document.querySelectorAll("[data-kept]")) kept.removeAttribute("data-kept");
  history.pushState(null, "", `${location.pathname}${`${address()}` && "?"}${address()}`);
  look();
}

async function back() {
  restore();
  if (`${address()}`) look();
  else apply();
  if (address().has("here") && !centre) (await import("./here.js")).locate();
}

form.addEventListener("change", changed);
form.querySelector("details")?.addEventListener("toggle", () => more(document) && look()); // for all that can be chosen
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
  event.preventDefault(); // to the state of the page, which is not always the form's
  history.pushState(null, "", `${location.pathname}${address().has("here") ? "?here=1&sort=far" : ""}`);
  back();
  form.querySelector("summary")?.focus();
});
find.addEventListener("submit", (event) => {
  event.preventDefault();
  import("./find.js").then(({ search }) => search(near.value), () => find.submit());
});
element("here").hidden = !(isSecureContext && "geolocation" in navigator);
element("here").addEventListener("click", async () => (await import("./here.js")).locate());
addEventListener("popstate", back);

form.hidden = false;
offer(items);
back();
near.value = new URLSearchParams(location.search).get("near") ?? "";
if (near.value) find.requestSubmit();
