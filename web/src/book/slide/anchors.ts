/** Which part of a component a source supports: `r2c1` a cell, `s0p3` a point, `i2` a bullet. Pure. */
import type { Component, SourceReference } from "~/api/types";

const ANCHOR = /^([a-z])(\d+)(?:[a-z](\d+))?$/;

function fits(component: Component, anchor: string): boolean {
  const found = ANCHOR.exec(anchor);
  if (!found) return false;
  const [kind, first, second] = [found[1], Number(found[2]), Number(found[3] ?? 0)];
  switch (component.type) {
    case "table":
      return kind === "r" && first < component.rows.length && second < component.columns.length;
    case "chart":
      return kind === "s" && first < component.series.length && second < component.categories.length;
    case "bullets":
      return kind === "i" && first < component.items.length;
    default:
      return false;
  }
}

/** What supports the component as a whole, or a part of it that is not there. */
export function ofWhole(component: Component): SourceReference[] {
  return component.sources.filter(({ anchor }) => anchor == null || !fits(component, anchor));
}

/** What supports one cell, point or bullet. */
export function ofPart(component: Component, anchor: string): SourceReference[] {
  return component.sources.filter((ref) => ref.anchor === anchor && fits(component, anchor));
}

interface Cited {
  components: readonly Component[];
  sources: readonly SourceReference[];
}

export function referencesOf(slide: Cited): SourceReference[] {
  return [...slide.sources, ...slide.components.flatMap(({ sources }) => sources)];
}

/** Anchors after one part was put in or taken out at a place: the sources stay with what they support. */
export function movedAnchors(
  sources: readonly SourceReference[],
  kind: "r" | "i",
  at: number,
  by: 1 | -1,
): SourceReference[] {
  return sources.flatMap((ref) => {
    const found = ref.anchor == null ? null : ANCHOR.exec(ref.anchor);
    if (!found || found[1] !== kind) return [ref];
    const place = Number(found[2]);
    if (by === -1 && place === at) return [];
    if (place < at) return [ref];
    const rest = found[3] === undefined ? "" : `c${found[3]}`;
    return [{ ...ref, anchor: `${kind}${place + by}${rest}` }];
  });
}
