const RELOADED = "bookrunner:reloaded";
const ONCE_IN_MS = 30_000;

/** The workspace opens without a network, and a page of an older version finds its way to the new one. */
export function keepAtHand(): void {
  if (import.meta.env.PROD && "serviceWorker" in navigator)
    // Where it may not be used (plain http on another machine), the page simply needs the network.
    void navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" }).catch(() => undefined);
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (!navigator.onLine || Date.now() - last < ONCE_IN_MS) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED, String(Date.now()));
    window.location.reload();
  });
}
