// @ts-check
/** What is asked for: in the form, in the address of the page, and as the list needs it. */
import { more, span } from "./places.js";

/** @typedef {import("./places.js").Item} Item */
/** @typedef {ReturnType<typeof wanted>} Wanted */

export const form = /** @type {HTMLFormElement} */ (document.getElementById("filters"));
export const [UNIT, KM] = "miles" in document.documentElement.dataset ? ["mile", 1.609344] : ["kilometer", 1];
const FLAGS = ["walkin", "phone", "wheelchair", "spoken"];
const sort = field("sort");
const SORTED = document.querySelector(".near[data-km]") ? "far" : "soon"; // as the server sorted the list
const [anyDay, ...days] = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("#strip input")]);
const names = days.map((day) => /** @type {HTMLElement} */ (day.nextElementSibling));
const dates = names.map((name) => name.textContent ?? "");

/** @param {string} name @returns {any} a select; null if the service has no such choice */
function field(name) {
  return form.elements.namedItem(name);
}

/** `day` is an offset, or -1 for any. */
export function wanted() {
  const one = (/** @type {string} */ name) => field(name)?.value ?? ""; // a service may have no doses, ages, or kinds
  const checked = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).checked;
  return {
    kind: one("kind"), product: one("product"), dose: one("dose"), part: one("part"),
    ages: one("age") ? span(one("age")) : null,
    flags: FLAGS.filter(checked).map(one).join(""),
    day: days.findIndex((day) => day.checked),
    km: Number(one("within")) * KM || Infinity,
    far: sort.value === "far",
    all: checked("all"),
  };
}

/** The form as the address has it. */
export function address() {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value && !(name === "sort" && value === SORTED)) params.set(name, String(value));
  }
  return params;
}

/** Fills the form from the address; what no place of the region offers is not asked for. */
export function restore() {
  const params = new URLSearchParams(location.search);
  for (const one of form.elements) {
    const control = /** @type {HTMLInputElement | HTMLSelectElement} */ (one);
    const value = params.get(control.name) ?? "";
    if (control instanceof HTMLSelectElement) {
      control.value = value;
      if (control.selectedIndex < 0 && control.name === "product" && more(document)) control.add(new Option(value, value, false, true));
      if (control.selectedIndex < 0) control.selectedIndex = 0;
    } else if (control.type === "hidden") control.value = value;
    else control.checked = control.value === value;
  }
  anyDay.checked = days.every((day) => !day.checked);
  sort.value = params.get("sort") === "soon" || params.get("sort") === "far" ? String(params.get("sort")) : SORTED;
}

/** Offers to ask for what some place of the page has. @param {Item[]} items */
export function offer(items) {
  const select = field("product");
  const { value } = select;
  const products = [...new Set([...items.flatMap((item) => item.products), value])].filter(Boolean).sort();
  select.length = 1;
  select.append(...products.map((name) => new Option(name, name, false, name === value)));
  for (const name of FLAGS) {
    const box = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    const label = /** @type {HTMLElement} */ (box.parentElement);
    label.hidden = !box.checked && !items.some(({ flags }) => flags.includes(box.value));
  }
}

/** Writes how many places have each day; days in a row that none has become one. @param {Record<number, number>} counts by offset */
export function show(counts) {
  const known = !more(document);
  let run = -1;
  days.forEach((day, offset) => {
    const empty = known && !counts[offset] && !day.checked;
    const label = /** @type {HTMLElement} */ (day.parentElement);
    label.hidden = empty && run >= 0;
    day.disabled = empty;
    names[offset].textContent = dates[offset];
    /** @type {HTMLElement} */ (label.lastElementChild).textContent = known ? String(counts[offset] ?? 0) : "…";
    if (label.hidden) names[run].textContent = `${dates[run]} – ${dates[offset]}`;
    else run = empty ? offset : -1;
  });
}
