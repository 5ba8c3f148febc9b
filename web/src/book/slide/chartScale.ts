/** What a chart's axis reaches and which figures stand in it. Pure; the same rules as in the export. */
import type { Component } from "~/api/types";

import { decimalsOf, figure } from "./figures";
import { widthOf as textWidth } from "./letters";
import { CHART_SIZE } from "./page";

export type Chart = Extract<Component, { type: "chart" }>;

/** A part of a stack lower than this share of the axis carries no figure. */
export const LEAST_STACK_SHARE = 0.06;

/** Two points of lines nearer to each other than this share of the axis carry their figures on different sides. */
const NEAR_SHARE = 0.1;

const valuesOf = (chart: Chart): number[] =>
  chart.series.flatMap(({ values }) => values.filter((value) => value !== null));

/** The kind asked for; bars where a pie would be wrong (several series, negative parts, or no sum). */
export function drawnKind(chart: Chart): Chart["kind"] {
  if (chart.kind !== "pie") return chart.kind;
  const parts = valuesOf(chart);
  const sum = parts.reduce((before, part) => before + part, 0);
  return chart.series.length === 1 && parts.every((part) => part >= 0) && sum > 0 ? "pie" : "bar";
}

/** As many as the figures need, at most two; four where all are small. */
export function decimalsShown(chart: Chart): number {
  const values = valuesOf(chart);
  const most = Math.max(0, ...values.map(Math.abs)) < 1 ? 4 : 2;
  return Math.max(0, ...values.map((value) => Math.min(decimalsOf(value), most)));
}

/** How wide a text in it is, in points. */
export function widthOf(text: string): number {
  return textWidth(text, CHART_SIZE);
}

/** Whether the figure of each point can be written at it; the value axis is shown otherwise. */
export function labelsFit(chart: Chart, decimals: number, room: number): boolean {
  if (drawnKind(chart) === "pie") return true;
  const beside = drawnKind(chart) === "bar" ? chart.series.length : 1;
  const widest = Math.max(0, ...valuesOf(chart).map((value) => widthOf(figure(value, decimals))));
  return (widest + 4) * beside * chart.categories.length <= room;
}

function extent(chart: Chart): [low: number, high: number] {
  if (drawnKind(chart) !== "stacked_bar") {
    const values = valuesOf(chart);
    return [Math.min(0, ...values), Math.max(0, ...values)];
  }
  const sums = chart.categories.map((_, at) => {
    const column = chart.series.map(({ values }) => values[at] ?? 0);
    const total = (sign: 1 | -1): number =>
      column.filter((value) => value * sign > 0).reduce((before, value) => before + value, 0);
    return [total(-1), total(1)] as const;
  });
  return [Math.min(0, ...sums.map(([low]) => low)), Math.max(0, ...sums.map(([, high]) => high))];
}

export interface Axis {
  low: number;
  high: number;
  step: number;
}

/** The ends of the axis and the step between its lines; round figures unless the axis is hidden. */
export function axisOf(chart: Chart, labels: boolean): Axis {
  const [low, high] = extent(chart);
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => power * factor).find((each) => each * 4 >= span) ?? power * 10;
  const head = high > 0 ? high + span * 0.08 : 0;
  const foot = low < 0 ? low - span * 0.08 : 0;
  if (labels) return { low: foot, high: head || step, step };
  return { low: Math.floor(foot / step) * step, high: Math.ceil(head / step) * step, step };
}

/** Whether the figure of a line's point stands below it, since another line runs close above. */
export function writtenBelow(chart: Chart, at: number, point: number): boolean {
  const { low, high } = axisOf(chart, true);
  const own = chart.series[at]?.values[point];
  if (own == null) return false;
  return chart.series.some(({ values }, other) => {
    const value = values[point];
    const isAbove = value != null && (value > own || (value === own && at > other));
    return isAbove && value - own < NEAR_SHARE * (high - low);
  });
}
