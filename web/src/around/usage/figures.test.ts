import { expect, it } from "vitest";

import { inUnits, lasting, points, sinceOf, usd } from "./figures";

const NOW = Date.parse("2026-11-21T16:30:00Z");
const group = (key: string, cost_usd: number) => ({
  key,
  cost_usd,
  calls: 1,
  tokens_in: 10,
  tokens_out: 5,
  tokens_cached: 0,
  seconds: 1,
});

it("begins a span at midnight", () => {
  expect(sinceOf("month", NOW)).toBe("2026-11-01T00:00:00.000Z");
  expect(sinceOf("30d", NOW)).toBe("2026-10-23T00:00:00.000Z");
  expect(sinceOf("year", NOW)).toBe("2025-12-01T00:00:00.000Z");
});

it("has a point for each day, also for those without use", () => {
  const since = sinceOf("month", NOW);
  const found = points([group("2026-11-03", 2)], { span: "month", since, now: NOW, measure: "cost" });
  expect(found).toHaveLength(21);
  expect(found[2]).toEqual({ key: "2026-11-03", label: "3 Nov", value: 2 });
  expect(found[0]?.value).toBe(0);
});

it("has a point for each month of a year", () => {
  const since = sinceOf("year", NOW);
  const found = points([group("2026-11", 2)], { span: "year", since, now: NOW, measure: "tokens" });
  expect(found).toHaveLength(12);
  expect(found.at(-1)).toEqual({ key: "2026-11", label: "Nov 2026", value: 15 });
});

it("reads figures aloud", () => {
  expect(usd(1234.5)).toBe("$1,234.50");
  expect(usd(0.004)).toBe("less than $0.01");
  expect(lasting(3.016)).toBe("3 s");
  expect(lasting(600)).toBe("10 min");
  expect(inUnits(12_000, "tokens")).toBe("12,000");
});
