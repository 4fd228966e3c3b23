// @ts-check
/**
 * The search without a script on Cloudflare Pages, whose rules know no query: `/?near=02139` leads to /zip/02139/,
 * "Cedar Mills" to /town/cedar-mills/, `/es/?near=02139` to /es/zip/02139/. What leads to no page stays at the home
 * page. _routes.json asks it for home pages only; where it does not run, these are served as they are.
 */
const LONGEST = 80; // of a name that is looked for

/** The folder of a town, as geography.town_slug names it. @param {string} name */
function slug(name) {
  const letters = name.normalize("NFKC").toLowerCase().replace(/ß/g, "ss").replace(/œ/g, "oe").replace(/æ/g, "ae");
  const words = letters.replace(/[^\p{L}\p{N}]+/gu, " ").normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
  return words.trim().split(/ +/).join("-");
}

/** Where the page may be, seen from the home page; "" for nowhere. @param {string} near a postal code or a town */
function folder(near) {
  const text = near.slice(0, LONGEST).trim();
  const code = text.match(/\b\d{5}\b/)?.[0] ?? (/\d/.test(text) ? text.toUpperCase() : "");
  if (code) return `zip/${encodeURIComponent(code)}/`;
  return slug(text) && `town/${slug(text)}/`;
}

export default {
  /** @param {Request} request @param {{ ASSETS: { fetch: typeof fetch } }} site */
  async fetch(request, { ASSETS }) {
    const { href, pathname, searchParams } = new URL(request.url);
    const home = new URL(pathname.replace(/\/?$/, "/"), href); // "/es" is asked here, too
    const found = folder(searchParams.get("near") ?? "");
    const page = new URL(found, home);
    if (!found || !(await ASSETS.fetch(page, { method: "HEAD" })).ok) return ASSETS.fetch(request);
    return new Response(null, { status: 302, headers: { Location: page.pathname } });
  },
};
