/** What was read last, kept in IndexedDB for each person, so that a page shows at once and without a network. */
import type { PersistedClient, Persister } from "@tanstack/react-query-persist-client";

import { database } from "~/lib/database";

/** Changed when what is cached gets another shape: then it is read anew. */
export const CACHE_SHAPE = "1";

const WRITE_AFTER_MS = 1_500;

export function cacheOf(personId: string): Persister {
  let latest: PersistedClient | null = null;
  let later: ReturnType<typeof setTimeout> | undefined;
  const write = async (): Promise<void> => {
    later = undefined;
    const client = latest;
    latest = null;
    if (client) await (await database()).put("cache", client, personId);
  };
  return {
    persistClient: (client) => {
      latest = client;
      // A full disk or a private window must not disturb anybody: then nothing is kept.
      later ??= setTimeout(() => void write().catch(() => undefined), WRITE_AFTER_MS);
    },
    restoreClient: async () => (await database()).get("cache", personId),
    removeClient: async () => (await database()).delete("cache", personId),
  };
}

/** Nothing that was read stays on the machine once its person has signed out; changes on the way do. */
export async function forgetCache(personId: string): Promise<void> {
  await (await database()).delete("cache", personId);
}
