import { expect, test } from "vitest";

import { costOf, usageInWords, type UsageSums } from "./cost";

const sums = (calls: number, cost_usd: number): UsageSums => ({
  calls,
  cost_usd,
  tokens_in: 1_200,
  tokens_out: 34,
  tokens_cached: 0,
  seconds: 1,
});

test("what a run cost, as people say it", () => {
  expect([sums(0, 0), sums(2, 0), sums(1, 0.004), sums(3, 1.254)].map(costOf)).toEqual([
    "",
    "nothing",
    "under $0.01",
    "$1.25",
  ]);
  expect(costOf(undefined)).toBe("");
});

test("what models took", () => {
  expect(usageInWords(sums(1, 0))).toBe("1 call of a model, 1,200 tokens in, 34 out");
  expect(usageInWords(sums(4, 0))).toBe("4 calls of models, 1,200 tokens in, 34 out");
});
