// @ts-check
/** All offers of the region, for a page that has room for the soonest only. Loaded when something is asked for. */
import { drawing, more } from "./places.js";

/** Whether what `page` shows may stand in this one: it counts the days from the same one, and is laid out for these scripts. @param {Document} page */
export function alike(page) {
  const script = (/** @type {Document} */ one) => one.querySelector("script[src]")?.getAttribute("src");
  return page.documentElement.dataset.today === document.documentElement.dataset.today && script(page) === script(document);
}

/** Makes every offer on the map a link; where one of the two maps is of another cut, the rest is not shown any more. @param {Document} page @param {Document} whole */
function mark(page, whole) {
  const [map, full] = [page, whole].map(drawing);
  const cut = (/** @type {SVGElement} */ svg) => svg.getAttribute("viewBox") + JSON.stringify(svg.dataset);
  map?.querySelector(".more")?.remove();
  if (!map || !full || cut(map) !== cut(full)) return;
  for (const link of map.querySelectorAll("a")) link.remove();
  map.append(...full.querySelectorAll("a"));
}

/**
 * Takes the offers that `page` has no room for into its list. It counts as made when the older of the two was.
 * A fetch that fails, or brings something else, throws and changes nothing.
 * @param {Document} page this one, or a newer version of it
 */
export async function complete(page) {
  const link = more(page);
  if (!link) return;
  const answer = await fetch(link.href, { cache: "no-cache" });
  // its links lead one folder up; in the text of a source every quotation mark is escaped, so that this finds links only
  const text = (await answer.text()).replaceAll('="../', '="./');
  const whole = new DOMParser().parseFromString(text, "text/html");
  const cards = whole.querySelectorAll("#cards[data-whole] > .card");
  if (!answer.ok || !cards.length || !alike(whole)) throw new Error(`${link.href}: ${answer.status}, not all offers of today`);
  const list = /** @type {HTMLElement} */ (page.getElementById("cards"));
  const known = new Set(Array.from(page.querySelectorAll(".card, .row"), ({ id }) => id));
  list.append(...Array.from(cards).filter(({ id }) => !known.has(id)));
  list.dataset.whole = "";
  mark(page, whole);
  page.getElementById("more")?.replaceChildren();
  const [made, ofAll] = [page, whole].map((one) => one.documentElement.dataset);
  if (Date.parse(ofAll.made ?? "") < Date.parse(made.made ?? "")) made.made = ofAll.made;
}
