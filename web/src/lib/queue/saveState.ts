/** The state of one's changes in words. Pure. */
import type { Connection } from "../connection";
import { timeOfDay } from "../dates";
import type { Change } from "./change";

export interface SaveState {
  is: "saved" | "saving" | "queued" | "refused";
  words: string;
}

const counted = (count: number): string => (count === 1 ? "1 change" : `${count} changes`);

/** About these changes, which may be those of a book or of one slide. `savedAt`: when it was last changed. */
export function saveState(pending: readonly Change[], reach: Connection, savedAt?: string | null): SaveState {
  const refused = pending.filter(({ status }) => status === "refused").length;
  if (refused > 0) return { is: "refused", words: `${counted(refused)} refused` };
  if (pending.length === 0) return { is: "saved", words: savedAt ? `saved ${timeOfDay(savedAt)}` : "saved" };
  if (reach !== "online") return { is: "queued", words: `${counted(pending.length)} queued` };
  return { is: "saving", words: "saving" };
}
