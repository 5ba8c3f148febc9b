/** Rows that the documents have figures for. Pure. */
import type { Fact } from "~/api/types";

import type { Entity } from "../map/kinds";

const MOST_OFFERED = 6;

/** Net sales of whom no row is about yet, in the latest year that is told; each once. */
export function offeredRows(facts: readonly Fact[], rows: readonly Entity[]): Fact[] {
  const about = facts.filter(
    ({ metric, entity, value, period }) =>
      metric.toLowerCase() === "net sales" &&
      entity &&
      !entity.includes(",") &&
      value !== null &&
      /^FY\d{4}$/.test(period),
  );
  const latest = about
    .map(({ period }) => period)
    .sort()
    .at(-1);
  const known = new Set(
    rows.flatMap(({ name, aliases }) => [name, ...aliases].map((one) => one.toLowerCase())),
  );
  const offered: Fact[] = [];
  for (const fact of about) {
    const name = fact.entity.toLowerCase();
    if (fact.period !== latest || known.has(name)) continue;
    known.add(name);
    offered.push(fact);
  }
  return offered.slice(0, MOST_OFFERED);
}
