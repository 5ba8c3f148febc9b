/** What this browser keeps: changes under way, and what was read last. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { PersistedClient } from "@tanstack/react-query-persist-client";

import type { QueuedChange } from "./queue/change";

interface Kept extends DBSchema {
  changes: {
    key: number;
    value: QueuedChange;
    indexes: { byPerson: string };
  };
  cache: {
    key: string;
    value: PersistedClient;
  };
  drafts: {
    key: string;
    value: { text: string; at: number };
  };
}

const NAME = "bookrunner";
const VERSION = 1;

let opened: Promise<IDBPDatabase<Kept>> | undefined;

export function database(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>(NAME, VERSION, {
    upgrade: (fresh) => {
      const changes = fresh.createObjectStore("changes", { keyPath: "order", autoIncrement: true });
      changes.createIndex("byPerson", "personId");
      fresh.createObjectStore("cache");
      fresh.createObjectStore("drafts");
    },
    // Another tab wants to change the shape: let it, and open again when something is needed.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase | null)?.close();
      opened = undefined;
    },
    terminated: () => {
      opened = undefined;
    },
  });
  return opened;
}
