import { useMemo } from "react";

import type { Command } from "~/api/types";

import { useStore } from "../store";
import type { Change } from "./change";
import { changes, enqueue, type Outcome } from "./queue";

/** Changes of one book that are not answered yet, in order. */
export function useChanges(cimId: string): readonly Change[] {
  const all = useStore(changes);
  return useMemo(() => all.filter((change) => change.cimId === cimId), [all, cimId]);
}

export function useAllChanges(): readonly Change[] {
  return useStore(changes);
}

/** The one way to change a book. `send` resolves when the API has answered; what it changes shows at once. */
export function useCommands(cimId: string): { send: (command: Command) => Promise<Outcome> } {
  return useMemo(() => ({ send: (command: Command) => enqueue(cimId, command) }), [cimId]);
}
