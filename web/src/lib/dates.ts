/** Times as people read them, in their own zone and language order. */
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const DAY_OF_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

const MINUTE = 60_000;

export function timeOfDay(at: string | number): string {
  return TIME.format(new Date(at));
}

export function fullTime(at: string | number): string {
  return FULL.format(new Date(at));
}

/** "once", "twice", "3 times". */
export function timesOver(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** "just now", "12 min ago", "14:05", "Fri 20 Nov", "20 Nov 2025". */
export function when(at: string | number, now = Date.now()): string {
  const date = new Date(at);
  const age = now - date.getTime();
  if (age < MINUTE) return "just now";
  if (age < 60 * MINUTE) return `${Math.floor(age / MINUTE)} min ago`;
  if (date.toDateString() === new Date(now).toDateString()) return TIME.format(date);
  if (age < 300 * 24 * 60 * MINUTE) return DAY.format(date);
  return DAY_OF_YEAR.format(date);
}
