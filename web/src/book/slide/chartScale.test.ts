import { expect, test } from "vitest";

import { type Chart, writtenBelow } from "./chartScale";

test("of two lines close to each other the lower carries its figures below", () => {
  const chart: Chart = {
    type: "chart",
    id: "c",
    kind: "line",
    categories: ["FY2022", "FY2023", "FY2024"],
    series: [
      { name: "Americas", values: [182.1, 241.4, 200] },
      { name: "EIMEA", values: [167.3, 184.9, 200] },
      { name: "Asia-Pacific", values: [59.1, null, 89.3] },
    ],
    unit: "million USD",
    sources: [],
  };
  const below = chart.series.map(({ values }, at) =>
    values.map((_, point) => writtenBelow(chart, at, point)),
  );
  expect(below).toEqual([
    [false, false, false],
    [true, false, true],
    [false, false, false],
  ]);
});
