/** One way through a talk. Pure. */
import type { Message } from "~/api/types";

/** The messages that follow each other from the first on; news of other branches is left out. */
export function pathOf(messages: readonly Message[]): Message[] {
  const kept: Message[] = [];
  const ids = new Set<string>();
  const continued = new Set<string>();
  for (const message of messages) {
    const parent = message.parent_id ?? null;
    const follows = kept.length === 0 || (parent !== null && ids.has(parent));
    const isOther = message.role === "user" && parent !== null && continued.has(parent);
    if (!follows || isOther) continue;
    kept.push(message);
    ids.add(message.id);
    if (parent !== null) continued.add(parent);
  }
  return kept;
}
