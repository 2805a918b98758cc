// Keeps the rooms working without a network. The build puts VERSION and FILES, all files of the rooms, before this text.
/* global VERSION, FILES */

const { scope } = self.registration;
/** Caches of other copies of the demo may lie at the same origin. */
const OWN = `spikelet rooms ${scope} `;
const CACHE = OWN + VERSION;
/** Files whose names have a hash of their content. */
const NEVER_CHANGES = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(dropOld()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(scope)) event.respondWith(answer(event.request));
});

/** A version is kept whole or not at all; until then, the one before answers. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  // Pages must not be older than the files that they name.
  await cache.addAll(FILES.map((file) => new Request(scope + file, { cache: file.includes("/") ? "default" : "no-cache" })));
}

async function dropOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const { origin, pathname } = new URL(request.url);
  const address = origin + pathname;
  const kept = () => cache.match(address === scope ? `${scope}index.html` : address);
  if (NEVER_CHANGES.test(pathname)) return (await kept()) ?? fetch(request);
  return fetch(request).catch(async (thrown) => {
    const found = await kept();
    if (found === undefined) throw thrown;
    return found;
  });
}
