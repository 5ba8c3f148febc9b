import "@mantine/charts/styles.css";

import { BarChart } from "@mantine/charts";

import { inUnits, type Measure, MEASURES, type Point } from "./figures";

const HEIGHT = 220;

interface UsageChartProps {
  points: readonly Point[];
  measure: Measure;
}

/** Use over time. What it shows is said in a sentence too. */
export function UsageChart({ points, measure }: UsageChartProps) {
  const name = MEASURES.find(({ value }) => value === measure)?.label ?? "";
  const most = points.reduce<Point | null>(
    (top, point) => (point.value > (top?.value ?? 0) ? point : top),
    null,
  );
  const said = most
    ? `${name} over time. The most was ${inUnits(most.value, measure)}, ${most.label}.`
    : `${name} over time: nothing.`;
  return (
    <figure role="img" aria-label={said} style={{ margin: "12px 0 0" }}>
      <BarChart
        h={HEIGHT}
        data={points.map(({ label, value }) => ({ label, [name]: value }))}
        dataKey="label"
        series={[{ name, color: "accent.5" }]}
        valueFormatter={(value) => inUnits(value, measure)}
        gridAxis="x"
        tickLine="none"
        maxBarWidth={28}
        barChartProps={{ accessibilityLayer: false, margin: { top: 8, right: 8, bottom: 0, left: 8 } }}
        yAxisProps={{ width: 76 }}
        xAxisProps={{ minTickGap: 24 }}
        barProps={{ isAnimationActive: false, radius: [2, 2, 0, 0] }}
      />
    </figure>
  );
}
