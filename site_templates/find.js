// @ts-check
/** Leads to the page of a ZIP code or town, and without one to the find page. Loaded when something is searched for. */

const form = /** @type {HTMLFormElement} */ (document.getElementById("find"));
const near = /** @type {HTMLInputElement} */ (document.getElementById("near"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));
const says = /** @type {Record<string, string>} */ (form.dataset);
const FIND = "find/";
const home = new URL("../", form.action);

/** The folder of a town, as geography.town_slug names it. @param {string} name */
function slug(name) {
  const letters = name.normalize("NFKC").toLowerCase().replace(/ß/g, "ss").replace(/œ/g, "oe").replace(/æ/g, "ae");
  const words = letters.replace(/[^\p{L}\p{N}]+/gu, " ").normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
  return words.trim().split(/ +/).join("-");
}

/** Goes to another page of ours, with the filters. @param {string} path within the language's folder @param {string} [text] still to be found */
function go(path, text = "") {
  const query = new URLSearchParams(location.search);
  for (const name of ["near", "here", ...(query.has("here") ? ["sort"] : [])]) query.delete(name);
  if (text) query.set("near", text);
  location.assign(new URL(`${path}${`${query}` && "?"}${query}`, home));
}

/** @param {string} asked a ZIP code, or the name of a town */
export async function search(asked) {
  const text = asked.trim();
  const code = text.match(/\b\d{5}\b/)?.[0] ?? (/\d/.test(text) ? text.toUpperCase() : "");
  const path = code ? `zip/${encodeURIComponent(code)}/` : `town/${slug(text) || "-"}/`;
  const answer = await fetch(new URL(path, home)).catch(() => null);
  if (!answer || (answer.ok && !answer.redirected)) return go(path); // a server leads to the find page from what it lacks
  const towns = code ? [] : await like(slug(text));
  if (towns.length === 1) return go(towns[0].path);
  if (!towns.length && !location.href.startsWith(new URL(FIND, home).href)) return go(FIND, text);
  found.textContent = towns.length ? `${says.which} ` : says.unknown.replace("{q}", text);
  for (const { path, name } of towns) {
    const link = Object.assign(document.createElement("a"), { href: new URL(path, home).href, textContent: name });
    found.append(link, " ");
  }
}

/** The towns with places whose names begin so, as the find page lists them. @param {string} start of their folder */
async function like(start) {
  const answer = await fetch(new URL(FIND, home));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return Array.from(page.querySelectorAll("#towns a"), (link) => ({ path: `town/${link.getAttribute("href")?.split("/").at(-2)}/`, name: link.textContent ?? "" }))
    .filter(({ path }) => start && path.startsWith(`town/${start}`))
    .slice(0, 8);
}

/** Searches on a page without a list: the find page, and the one for addresses that lead nowhere. */
export function start() {
  const lost = /\/(?:zip|town)\/([^/]+)\/?$/.exec(location.pathname);
  near.value = new URLSearchParams(location.search).get("near") ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(near.value).catch(() => form.submit());
  });
  if (lost) go(FIND, decodeURIComponent(lost[1]));
  else if (near.value) search(near.value);
}
