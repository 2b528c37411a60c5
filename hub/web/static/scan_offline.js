// Keeps the page of the camera and what it checks plates with, so that both are there without a network. The hub puts
// the list of addresses, KEPT, in front. A newer answer replaces the kept one; nothing else of the site is touched.

const NAME = "scan";

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const isKept = address.origin === self.location.origin && KEPT.includes(address.pathname);
  if (event.request.method === "GET" && isKept) event.respondWith(answer(event.request, address.pathname));
});

async function keepAll() {
  const cache = await caches.open(NAME);
  await cache.addAll(KEPT.map((path) => new Request(path, { cache: "reload" })));
}

async function dropOld() {
  const cache = await caches.open(NAME);
  const kept = await cache.keys();
  await Promise.all(kept.filter((one) => !KEPT.includes(new URL(one.url).pathname)).map((one) => cache.delete(one)));
}

// Static files never change under their addresses; everything else is asked for first.
async function answer(request, path) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(path);
  if (kept && path.startsWith("/static/")) return kept;
  try {
    const found = await fetch(request);
    if (found.ok) await cache.put(path, found.clone());
    return found;
  } catch (fault) {
    if (kept) return kept;
    throw fault;
  }
}
