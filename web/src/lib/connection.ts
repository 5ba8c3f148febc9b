/** Whether the API can be reached: told by every request, and asked for while it cannot. */
import { onlineManager } from "@tanstack/react-query";

import { createStore, useStore } from "./store";

export type Connection = "online" | "offline" | "unreachable";

const ASK_AGAIN_MS = 2_000;

export const connection = createStore<Connection>(
  typeof navigator !== "undefined" && !navigator.onLine ? "offline" : "online",
);

let asking: ReturnType<typeof setTimeout> | undefined;

export function reached(): void {
  clearTimeout(asking);
  asking = undefined;
  connection.set("online");
}

export function notReached(): void {
  connection.set(navigator.onLine ? "unreachable" : "offline");
  asking ??= setTimeout(() => void ask(), ASK_AGAIN_MS);
}

async function ask(): Promise<void> {
  asking = undefined;
  try {
    const answer = await fetch("/health", { cache: "no-store" });
    if (answer.ok) reached();
    else notReached();
  } catch {
    notReached();
  }
}

/** Called once, when the page starts. Queries and the queue go by what is found out here. */
export function watchConnection(): void {
  onlineManager.setEventListener((setOnline) => {
    const tell = (): void => setOnline(connection.get() === "online");
    tell();
    return connection.subscribe(tell);
  });
  window.addEventListener("offline", notReached);
  window.addEventListener("online", () => {
    clearTimeout(asking);
    void ask();
  });
}

export function useConnection(): Connection {
  return useStore(connection);
}
