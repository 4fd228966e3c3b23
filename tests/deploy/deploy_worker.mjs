/** Asks the worker beside it: [URLs, paths of pages] as JSON on standard input, [status, address or path] of each out. */
import { readFileSync } from "node:fs";
import worker from "./worker.mjs";

const [urls, pages] = JSON.parse(readFileSync(0, "utf8"));
const ASSETS = {
  fetch: async (asked) => {
    const { pathname } = new URL(asked.url ?? asked);
    return new Response(pathname, { status: pages.includes(pathname) ? 200 : 404 });
  },
};
const ask = async (url) => {
  const answer = await worker.fetch(new Request(url), { ASSETS });
  return [answer.status, answer.headers.get("Location") ?? (await answer.text())];
};
console.log(JSON.stringify(await Promise.all(urls.map(ask))));
