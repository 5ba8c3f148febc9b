import { expect, it } from "vitest";

import { shares } from "./tableWidths";

const ROOM = { room: 864, marks: [] };

const total = (numbers: readonly number[]): number =>
  Math.round(numbers.reduce((sum, each) => sum + each, 0));

it("gives columns of figures the same width, and the rest to the words", () => {
  const texts = [
    ["Million USD", "Net sales"],
    ["FY2023", "201.9"],
    ["FY2024", "219.4"],
  ];
  const found = shares({ texts, numeric: [false, true, true], ...ROOM }, 1);
  expect(found[1]).toBe(found[2]);
  expect(found[0]).toBeGreaterThan(found[1] ?? 0);
  expect(total(found)).toBe(100);
});

it("keeps short words in one line beside a long text", () => {
  const texts = [["Cash generation"], ["long text ".repeat(40)]];
  const found = shares({ texts, numeric: [false, false], ...ROOM }, 1);
  expect(found[0]).toBeGreaterThan(15);
  expect(found[1]).toBeGreaterThan(found[0] ?? 0);
  expect(total(found)).toBe(100);
});
