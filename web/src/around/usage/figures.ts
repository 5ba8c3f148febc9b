/** Spans of time and figures of usage, as people read them. Pure. */
import type { GroupBy, UsageGroup } from "./data";

export type Span = "month" | "30d" | "90d" | "year";
export type Measure = "cost" | "calls" | "tokens" | "time";

export const SPANS: readonly { value: Span; label: string }[] = [
  { value: "month", label: "This month" },
  { value: "30d", label: "30 days" },
  { value: "90d", label: "90 days" },
  { value: "year", label: "12 months" },
];

export const MEASURES: readonly { value: Measure; label: string }[] = [
  { value: "cost", label: "Cost" },
  { value: "calls", label: "Calls" },
  { value: "tokens", label: "Tokens" },
  { value: "time", label: "Time" },
];

export type Breakdown = "work" | "model" | "person";

export const BREAKDOWNS: readonly { value: Breakdown; label: string }[] = [
  { value: "work", label: "By work" },
  { value: "model", label: "By model" },
  { value: "person", label: "By person" },
];

const DAY_MS = 24 * 60 * 60_000;

const day = (at: Date): string => at.toISOString().slice(0, 10);

/** From when on, at midnight in UTC, so that it is the same all day long. */
export function sinceOf(span: Span, now: number): string {
  const at = new Date(now);
  const start =
    span === "month"
      ? Date.UTC(at.getUTCFullYear(), at.getUTCMonth())
      : span === "year"
        ? Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 11)
        : Date.parse(day(new Date(now - (span === "30d" ? 29 : 89) * DAY_MS)));
  return new Date(start).toISOString();
}

export const stepOf = (span: Span): GroupBy => (span === "year" ? "month" : "day");

export interface Point {
  key: string;
  label: string;
  value: number;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });

/** One point for each day or month since then; nothing where nothing was used. */
export function points(
  items: readonly UsageGroup[],
  { span, since, now, measure }: { span: Span; since: string; now: number; measure: Measure },
): Point[] {
  const values = new Map(items.map((item) => [item.key, valueOf(item, measure)]));
  const found: Point[] = [];
  for (let at = new Date(since); at.getTime() <= now;) {
    const key = span === "year" ? day(at).slice(0, 7) : day(at);
    found.push({ key, label: (span === "year" ? MONTH : DAY).format(at), value: values.get(key) ?? 0 });
    at =
      span === "year"
        ? new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1))
        : new Date(at.getTime() + DAY_MS);
  }
  return found;
}

export function valueOf(
  item: Pick<UsageGroup, "cost_usd" | "calls" | "tokens_in" | "tokens_out" | "seconds">,
  measure: Measure,
): number {
  switch (measure) {
    case "cost":
      return item.cost_usd;
    case "calls":
      return item.calls;
    case "tokens":
      return item.tokens_in + item.tokens_out;
    case "time":
      return item.seconds;
  }
}

const USD = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const WHOLE = new Intl.NumberFormat("en-GB");

export const usd = (amount: number): string =>
  amount > 0 && amount < 0.01 ? "less than $0.01" : USD.format(amount);

export function inUnits(value: number, measure: Measure): string {
  if (measure === "cost") return usd(value);
  if (measure === "time") return lasting(value);
  return WHOLE.format(value);
}

export function lasting(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}

const WORKS: Record<string, string> = {
  chat: "Talk",
  plan: "Plans",
  write: "Drafts",
  review: "Reviews",
  code: "Calculations",
  embed: "Search",
  summary: "Summaries",
};

export const workName = (key: string): string => WORKS[key] ?? key;
