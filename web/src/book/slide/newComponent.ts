/** Components as they begin, empty but valid. Pure. */
import type { Component } from "~/api/types";

export type NewKind = Exclude<Component["type"], "image">;

export const NEW_KINDS: Record<NewKind, string> = {
  text: "Add a text",
  bullets: "Add bullets",
  table: "Add a table",
  chart: "Add a chart",
  metric: "Add a metric",
  quote: "Add a quote",
};

/** An id that no other component of the slide has. */
export function freeId(others: readonly Component[]): string {
  const taken = new Set(others.map(({ id }) => id));
  let number = others.length + 1;
  while (taken.has(`c${number}`)) number += 1;
  return `c${number}`;
}

export function newComponent(type: NewKind, others: readonly Component[]): Component {
  const own = { id: freeId(others), sources: [] };
  switch (type) {
    case "text":
      return { ...own, type, text: "" };
    case "bullets":
      return { ...own, type, items: [""] };
    case "table":
      return { ...own, type, columns: ["", ""], rows: [[null, null]] };
    case "chart":
      return {
        ...own,
        type,
        kind: "bar",
        categories: ["First", "Second"],
        series: [{ name: "", values: [null, null] }],
        unit: "",
      };
    case "metric":
      return { ...own, type, label: "Metric", value: "", unit: "", period: "" };
    case "quote":
      return { ...own, type, text: "", by: "" };
  }
}
