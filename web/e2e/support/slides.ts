/** Slides of every layout and with every component. */
import type { SlideDraft } from "../../src/api/types";

export type Component = NonNullable<SlideDraft["components"]>[number];
export type Reference = Component["sources"] extends readonly (infer R)[] | undefined ? R : never;

export function slideOf(
  id: string,
  sectionId: string,
  layout: SlideDraft["layout_type"],
  title: string,
  components: readonly Component[],
): SlideDraft {
  return {
    id,
    section_id: sectionId,
    title,
    layout_type: layout,
    components: [...components],
    sources: [],
    notes: "",
  };
}

export const text = (words: string, id = "text"): Component => ({
  type: "text",
  id,
  text: words,
  sources: [],
});
export const bullets = (items: string[], id = "bullets"): Component => ({
  type: "bullets",
  id,
  items,
  sources: [],
});
export const metric = (
  label: string,
  value: number,
  id = "metric",
  sources: Reference[] = [],
): Component => ({
  type: "metric",
  id,
  label,
  value,
  unit: "million USD",
  period: "FY2024",
  sources,
});
export const table = (id = "table"): Component => ({
  type: "table",
  id,
  columns: ["Million USD", "FY2023", "FY2024"],
  rows: [
    ["Net sales", 201.9, 219.4],
    ["Gross profit", 105.1, 117.2],
  ],
  sources: [],
});
export const chart = (kind: "bar" | "line" | "pie" | "stacked_bar" = "bar", id = "chart"): Component => ({
  type: "chart",
  id,
  kind,
  categories: ["FY2022", "FY2023", "FY2024"],
  series: [{ name: "Net sales", values: [190.2, 201.9, 219.4] }],
  unit: "million USD",
  sources: [],
});
export const quote = (id = "quote"): Component => ({
  type: "quote",
  id,
  text: "We sell more in more places.",
  by: "The chief executive",
  sources: [],
});

/** One slide of each kind in one section. */
export function slidesOfEveryKind(sectionId: string): SlideDraft[] {
  return [
    slideOf("k-text", sectionId, "text", "Words alone", [text("The brand is known everywhere.")]),
    slideOf("k-bullets", sectionId, "bullets", "Points", [bullets(["First point", "Second point"])]),
    slideOf("k-table", sectionId, "table", "Figures", [table()]),
    slideOf("k-chart", sectionId, "chart", "Growth", [chart()]),
    slideOf("k-metrics", sectionId, "metrics", "At a glance", [
      metric("Net sales", 219.4, "m1"),
      metric("Gross profit", 117.2, "m2"),
      metric("Countries", 176, "m3"),
    ]),
    slideOf("k-quote", sectionId, "quote", "In their words", [quote()]),
    slideOf("k-two", sectionId, "two_columns", "Side by side", [
      bullets(["Left one", "Left two"], "left"),
      text("Right words.", "right"),
    ]),
    slideOf("k-section", sectionId, "section", "A part of its own", [text("What comes next.")]),
  ];
}
