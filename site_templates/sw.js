// @ts-check
/**
 * Keeps the pages that were opened for when there is no connection, or none that answers in time. With a connection the
 * network comes first; what has its content's hash in its name never changes. freshness.json is never kept: an old one
 * would make an old page look new.
 */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const OURS = "appointments ";
const CACHE = `${OURS}1 ${scope}`;
const PATIENCE = 4000; // milliseconds, where a kept page is at hand
const MOST = 60; // pages, and as many assets

/** @param {string} url */
const bare = (url) => url.replace(/[?#].*/, "");

/** Whether a file has its content's hash in its name. @param {string} url */
const named = (url) => url.includes("/assets/");

/** @param {Request | string} asked */
async function keep(asked) {
  const answer = await fetch(asked);
  if (!answer.ok || answer.redirected || answer.type !== "basic") return answer;
  const cache = await caches.open(CACHE);
  await cache.put(bare(answer.url), answer.clone());
  const alike = (await cache.keys()).filter((one) => named(one.url) === named(answer.url));
  if (alike.length > MOST) await cache.delete(alike[0]);
  return answer;
}

/** @param {string} url */
async function kept(url) {
  return (await caches.open(CACHE)).match(bare(url), { ignoreVary: true });
}

/** @param {Request} request */
async function page(request) {
  const before = await kept(request.url);
  const answer = keep(request);
  if (before) {
    const late = new Promise((done) => setTimeout(done, PATIENCE, before));
    return Promise.race([answer.then((now) => (now.status < 500 ? now : before), () => before), late]);
  }
  return answer.catch(() => instead(request.url));
}

/** The page for when there is no connection, in the language of `url`. @param {string} url */
async function instead(url) {
  const cache = await caches.open(CACHE);
  const homes = (await cache.keys()).map((one) => one.url).filter((one) => one.endsWith("/offline/"));
  const [nearest] = homes.filter((one) => url.startsWith(one.slice(0, -8))).sort((a, b) => b.length - a.length);
  return nearest ? Response.redirect(nearest) : Response.error();
}

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (event) => {
  const old = (/** @type {string} */ name) => name.startsWith(OURS) && name.endsWith(` ${scope}`) && name !== CACHE;
  const tidied = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([tidied, worker.clients.claim()]));
});

worker.addEventListener("message", (event) => {
  const urls = /** @type {string[]} */ (event.data).filter((url) => url.startsWith(scope));
  event.waitUntil(Promise.all(urls.map(async (url) => (await kept(url)) ?? keep(url))));
});

worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(scope)) return;
  if (named(url)) event.respondWith(kept(url).then((asset) => asset ?? keep(event.request)));
  else if (bare(url).endsWith("/")) event.respondWith(page(event.request));
});
