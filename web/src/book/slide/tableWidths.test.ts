import { expect, it } from "vitest";

import { shares } from "./tableWidths";

const total = (numbers: readonly number[]): number =>
  Math.round(numbers.reduce((sum, each) => sum + each, 0));

it("gives columns of figures the same width, and the rest to the words", () => {
  const found = shares(
    [
      ["Million USD", "Net sales"],
      ["FY2023", "201.9"],
      ["FY2024", "219.4"],
    ],
    [false, true, true],
  );
  expect(found[1]).toBe(found[2]);
  expect(found[0]).toBeGreaterThan(found[1] ?? 0);
  expect(total(found)).toBe(100);
});

it("keeps short words in one line beside a long text", () => {
  const found = shares([["Cash generation"], ["long text ".repeat(40)]], [false, false]);
  expect(found[0]).toBeGreaterThan(15);
  expect(found[1]).toBeGreaterThan(found[0] ?? 0);
  expect(total(found)).toBe(100);
});
