// @ts-check
/** Leads to the page of a ZIP code or town, or sorts by the distance from where the device is. Loaded when asked for. */
import { form } from "./asked.js";
import { changed, from } from "./list.js";
import { placeOf } from "./places.js";

const find = /** @type {HTMLFormElement} */ (document.getElementById("find"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));
const says = /** @type {Record<string, string>} */ (find.dataset);
const home = new URL(find.action);
const here = /** @type {HTMLInputElement} */ (form.elements.namedItem("here"));

/** The folder of a town, as geography.town_slug names it. @param {string} name */
function slug(name) {
  const letters = name.normalize("NFKC").toLowerCase().replace(/ß/g, "ss").replace(/œ/g, "oe").replace(/æ/g, "ae");
  const words = letters.replace(/[^\p{L}\p{N}]+/gu, " ").normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
  return words.trim().split(/ +/).join("-");
}

/** Goes to another page of ours, with the filters. @param {string} path within the language's folder */
function go(path) {
  const query = new URLSearchParams(location.search);
  for (const name of ["near", "here", ...(query.has("here") ? ["sort"] : [])]) query.delete(name);
  location.assign(new URL(`${path}${`${query}` && "?"}${query}`, home));
}

/** @param {string} asked a ZIP code, or the name of a town */
export async function search(asked) {
  const text = asked.trim();
  const code = text.match(/\b\d{5}\b/)?.[0] ?? (/\d/.test(text) ? text.toUpperCase() : "");
  const path = code ? `zip/${encodeURIComponent(code)}/` : `town/${slug(text) || "-"}/`;
  const answer = await fetch(new URL(path, home)).catch(() => null);
  if (!answer || answer.ok) return go(path);
  const towns = code ? [] : await like(slug(text));
  if (towns.length === 1) return go(towns[0].path);
  found.textContent = towns.length ? `${says.which} ` : says.unknown.replace("{q}", text);
  for (const { path, name } of towns) {
    const link = Object.assign(document.createElement("a"), { href: new URL(path, home).href, textContent: name });
    found.append(link, " ");
  }
}

/** The towns with places whose names begin so, as the first page lists them. @param {string} start of their folder */
async function like(start) {
  const answer = await fetch(home);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return Array.from(page.querySelectorAll("#towns h3 a"), (link) => ({ path: `town/${placeOf(link)}/`, name: link.textContent ?? "" }))
    .filter(({ path }) => start && path.startsWith(`town/${start}`))
    .slice(0, 8);
}

/** Sorts by the distance from where the device is. The map that this needs is on the first page. */
export function locate() {
  if (location.pathname !== home.pathname) return location.assign(new URL(`?here=1&sort=far`, home));
  found.textContent = says.wait;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      found.textContent = says.found;
      from([coords.latitude, coords.longitude]);
      here.value = "1";
      /** @type {HTMLSelectElement} */ (form.elements.namedItem("sort")).value = "far";
      changed();
    },
    () => {
      found.textContent = says.denied;
    },
    { maximumAge: 300_000, timeout: 20_000 },
  );
}
