// @ts-check
/** The places of a page: what traits.py wrote into their data-*, and where the map has them. */

/**
 * `box` is what is hidden and moved; `days` are [offset, parts of the day]; `km` is null while it is not known.
 * @typedef {{place: HTMLElement, box: HTMLElement, list: HTMLElement, offer: boolean, order: number, kind: string,
 *   days: [number, string][], products: string[], doses: string[], ages: [number, number] | null, flags: string,
 *   km: number | null, listed: boolean}} Item
 * `points` are those of a path, with the place that each is.
 * @typedef {{spots: Map<string, [number, number]>, points: Record<string, [string, string][]>}} Chart
 */

/** Months. @param {string} text "60-144" or "216-" @returns {[number, number]} */
export function span(text) {
  const [from, below] = text.split("-");
  return [Number(from), Number(below) || Infinity];
}

/** @param {Document} page @returns {Item[]} */
export function read(page) {
  return Array.from(page.querySelectorAll(".card, .row"), (found, order) => {
    const place = /** @type {HTMLElement} */ (found);
    const near = /** @type {HTMLElement | null} */ (place.closest(".near"));
    const box = near ?? place;
    const { k: kind = "", d = "", v = "", o = "", a, f: flags = "" } = place.dataset;
    const [products, doses] = [v, o].map((names) => names.split("|").filter(Boolean));
    return {
      place, box, kind, flags, products, doses, order,
      list: /** @type {HTMLElement} */ (box.parentElement),
      offer: place.matches(".card"),
      days: Array.from(d.matchAll(/(\d+)([mae]*)/g), ([, offset, parts]) => [Number(offset), parts]),
      ages: a ? span(a) : null,
      km: near ? Number(near.dataset.km ?? 0) : null, // places of a town itself have none
      listed: false,
    };
  });
}

/** The link to all offers of the region, on a page that has no room for them. @param {Document} page */
export function more(page) {
  return /** @type {HTMLAnchorElement | null} */ (page.querySelector("#more a"));
}

/** @param {Document} page @returns {SVGElement | null} */
export function drawing(page) {
  return page.querySelector("svg.map");
}

/** @param {Document} page @returns {Chart} */
export function chart(page) {
  const svg = drawing(page);
  /** @type {Chart} */
  const made = { spots: new Map(), points: {} };
  if (!svg) return made;
  const put = (/** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y) => {
    if (x >= 0 && y >= 0) made.spots.set(id, spot(svg, x, y));
  };
  locate(made, page);
  for (const name of ["none", "unknown"]) {
    const rows = page.querySelectorAll(`.row.${name === "none" ? "no" : name}`);
    const drawn = svg.querySelector(`.${name}`)?.getAttribute("d") ?? "";
    made.points[name] = Array.from(drawn.matchAll(/M(-?\d+) ?(-?\d+)h0/g), ([point, x, y], index) => {
      const id = rows[index]?.id ?? "";
      put(id, Number(x), Number(y));
      return [id, point];
    });
  }
  return made;
}

/** Takes in where the places are that are links of the map. @param {Chart} made @param {Document} page */
export function locate({ spots }, page) {
  for (const circle of page.querySelectorAll("svg.map circle")) {
    const [x, y] = ["cx", "cy"].map((name) => Number(circle.getAttribute(name)));
    const mark = /** @type {Element} */ (circle.parentElement);
    spots.set(placeOf(mark), spot(/** @type {SVGElement} */ (drawing(page)), x, y));
  }
}

/** Where a point of the map is. @param {SVGElement} svg @param {number} x @param {number} y @returns {[number, number]} */
function spot({ dataset }, x, y) {
  return [Number(dataset.north) - y / Number(dataset.y), Number(dataset.west) + x / Number(dataset.x)];
}

/** Takes places off the map. @param {Chart} made @param {Set<string>} hidden their ids */
export function follow({ points }, hidden) {
  for (const mark of document.querySelectorAll("svg.map a")) mark.toggleAttribute("hidden", hidden.has(placeOf(mark)));
  for (const [name, all] of Object.entries(points)) {
    const path = document.querySelector(`svg.map .${name}`);
    path?.setAttribute("d", all.filter(([id]) => !hidden.has(id)).map(([, point]) => point).join(""));
  }
}

/** The id of the place that a mark of the map links to. @param {Element} mark */
export function placeOf(mark) {
  return mark.getAttribute("href")?.split("/").at(-2) ?? "";
}

/** As the crow flies. @param {[number, number]} from @param {[number, number]} to @returns {number} */
export function kilometres(from, to) {
  const [latitude1, longitude1, latitude2, longitude2] = [...from, ...to].map((degrees) => (degrees * Math.PI) / 180);
  const chord = Math.sin((latitude2 - latitude1) / 2) ** 2 +
    Math.cos(latitude1) * Math.cos(latitude2) * Math.sin((longitude2 - longitude1) / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(Math.min(1, chord)));
}
