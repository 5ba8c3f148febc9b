// Keeps the workspace itself at hand, so that it opens without a network. What books say is kept elsewhere
// (IndexedDB, for each person); nothing of the API goes through here.
const CACHE = "bookrunner-files";
const PAGE = "/app";

async function takeIn() {
  const cache = await caches.open(CACHE);
  const answer = await fetch("/app/files.json", { cache: "no-cache" });
  if (!answer.ok) return;
  const wanted = new Set(await answer.json());
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll([PAGE, ...[...wanted].filter((file) => !kept.has(file))]);
  for (const file of kept) if (file !== PAGE && !wanted.has(file)) await cache.delete(file);
}

// Calls of the API go past this worker, where the browser can do that: it may not be awake when a page says goodbye.
const PAST_US = {
  condition: { not: { or: [{ urlPattern: "/assets/*" }, { requestMode: "navigate" }] } },
  source: "network",
};

self.addEventListener("install", (event) => {
  if (event.addRoutes) event.waitUntil(event.addRoutes(PAST_US).catch(() => undefined));
  event.waitUntil(takeIn().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

async function page(request) {
  try {
    const answer = await fetch(request);
    // A new page names new files.
    if (answer.ok) takeIn().catch(() => undefined);
    return answer;
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function asset(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith("/app")) event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
});
