/** What became of an invitation, in words. Pure. */
import type { Invitation } from "./data";

export type Tone = "good" | "wait" | "quiet";

interface Became {
  word: string;
  tone: Tone;
  isOpen: boolean;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

type Dates = Pick<Invitation, "used_at" | "revoked_at" | "expires_at">;

export function becameOf({ used_at, revoked_at, expires_at }: Dates, now: number): Became {
  if (used_at !== null)
    return { word: `Accepted ${DAY.format(new Date(used_at))}`, tone: "good", isOpen: false };
  if (revoked_at !== null) return { word: "Taken back", tone: "quiet", isOpen: false };
  const end = new Date(expires_at);
  if (end.getTime() <= now) return { word: `Over since ${DAY.format(end)}`, tone: "quiet", isOpen: false };
  return { word: `Open until ${DAY.format(end)}`, tone: "wait", isOpen: true };
}
