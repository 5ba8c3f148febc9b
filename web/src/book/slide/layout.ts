/** Which components stand together, and where. Pure; the same choices as in the export. */
import type { Component, LayoutType } from "~/api/types";

export interface Group {
  /** Metrics that follow each other are one row of tiles. */
  components: { component: Component; at: number }[];
  isMetrics: boolean;
}

export type Arrangement =
  { is: "stack"; groups: Group[] } | { is: "columns"; left: Group[]; right: Group[]; isVisualLeft: boolean };

const isVisual = ({ type }: Component): boolean => type === "chart" || type === "image";

export function arrange(layout: LayoutType, components: readonly Component[]): Arrangement {
  const placed = components.map((component, at) => ({ component, at }));
  if (layout === "two_columns" && components.length > 1) {
    const cut = bestCut(components);
    const [left, right] = [grouped(placed.slice(0, cut)), grouped(placed.slice(cut))];
    return { is: "columns", left, right, isVisualLeft: false };
  }
  const visuals = placed.filter(({ component }) => isVisual(component));
  const others = placed.filter(({ component }) => !isVisual(component));
  const isBeside =
    visuals.length === 1 && others.length > 0 && !others.some(({ component }) => component.type === "table");
  if (isBeside) return { is: "columns", left: grouped(visuals), right: grouped(others), isVisualLeft: true };
  return { is: "stack", groups: grouped(placed) };
}

function grouped(placed: Group["components"]): Group[] {
  const groups: Group[] = [];
  for (const each of placed) {
    const isMetrics = each.component.type === "metric";
    const last = groups.at(-1);
    if (isMetrics && last?.isMetrics) last.components.push(each);
    else groups.push({ components: [each], isMetrics });
  }
  return groups;
}

/** Metrics in rows of at most four. */
export function metricColumns(count: number): number {
  if (count <= 4) return count;
  return [5, 6, 9].includes(count) ? 3 : 4;
}

/** About how many lines a component takes in a narrow column. */
function weightOf(component: Component): number {
  const lines = (text: string): number => 1 + text.length / 55;
  switch (component.type) {
    case "text":
    case "quote":
      return lines(component.text) + 0.5;
    case "bullets":
      return component.items.reduce((sum, item) => sum + lines(item) + 0.3, 0);
    case "table":
      return component.rows.reduce((sum, row) => sum + lines(row.join(" ")) * 0.8, 1);
    case "metric":
      return 3;
    case "chart":
      return 8;
    case "image":
      return 6;
  }
}

function bestCut(components: readonly Component[]): number {
  const sum = (part: readonly Component[]): number =>
    part.reduce((before, each) => before + weightOf(each), 0);
  const cuts = components.slice(1).map((_, at) => at + 1);
  const taller = (cut: number): number => Math.max(sum(components.slice(0, cut)), sum(components.slice(cut)));
  return cuts.reduce((best, cut) => (taller(cut) < taller(best) ? cut : best), 1);
}

/** A title or section slide with nothing but a few words, which is a page of its own kind. */
export function isPlain(layout: LayoutType, components: readonly Component[]): boolean {
  if (layout !== "title" && layout !== "section") return false;
  const texts = components.filter((component) => component.type === "text");
  return texts.length === components.length && texts.reduce((sum, { text }) => sum + text.length, 0) <= 500;
}
