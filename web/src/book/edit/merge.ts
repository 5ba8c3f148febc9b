/** Two people's changes to one slide, put together field by field. Pure. */
import type { Component } from "~/api/types";

import { bodyOf, sameBody, type SlideBody } from "../slide/slideBody";

export interface Clash {
  /** What both have changed, in words: "title", "bullet 2". */
  what: string;
  base: string;
  mine: string;
  theirs: string;
}

export interface Merged {
  body: SlideBody;
  /** Where both changed the same; mine is in the body. */
  clashes: Clash[];
}

/** What I changed since `base` stands; everything else reads as theirs. */
export function merge3(base: SlideBody, mine: SlideBody, theirs: SlideBody): Merged {
  const clashes: Clash[] = [];
  const { components, ...rest } = bodyOf(theirs);
  const merge = (name: keyof typeof rest): unknown =>
    mergeValue(base[name], mine[name], theirs[name], [name], clashes);
  return {
    body: {
      ...rest,
      title: merge("title") as string,
      layout_type: merge("layout_type") as SlideBody["layout_type"],
      sources: merge("sources") as SlideBody["sources"],
      notes: merge("notes") as string,
      components: mergeComponents(base.components, mine.components, components, clashes),
    },
    clashes,
  };
}

/** What of mine does not stand any more in what they saved. */
export function lostIn(base: SlideBody, mine: SlideBody, theirs: SlideBody): Clash[] {
  const found: Clash[] = [];
  const look = (one: unknown, own: unknown, now: unknown, path: Path): void => {
    if (same(one, own) || same(own, now)) return;
    if (areAlike(one, own, now)) {
      const [before, after] = [one as unknown[], now as unknown[]];
      (own as unknown[]).forEach((value, at) => look(before[at], value, after[at], [...path, at]));
    } else if (isObject(one) && isObject(own) && isObject(now)) {
      for (const key of Object.keys(own))
        if (key !== "sources") look(one[key], own[key], now[key], [...path, key]);
    } else {
      found.push(clash(path, one, own, now));
    }
  };
  look(base.title, mine.title, theirs.title, ["title"]);
  look(base.notes, mine.notes, theirs.notes, ["notes"]);
  for (const component of mine.components) {
    const before = base.components.find(({ id }) => id === component.id);
    const now = theirs.components.find(({ id }) => id === component.id);
    look(before ?? null, component, now ?? null, [component.type]);
  }
  return found;
}

/**
 * Both bodies in one, where they were saved without having seen mine. Else null, as when they put back what stood before.
 * `befores` are the bodies before each of my last saves: any of them may have been the last that they saw.
 */
export function takenBack(
  befores: readonly SlideBody[],
  mine: SlideBody,
  theirs: SlideBody,
): SlideBody | null {
  const seen = befores.findLast((before) => hasSeenOnly(before, mine, theirs));
  return seen ? merge3(seen, mine, theirs).body : null;
}

/** Something of theirs is new, and where I went on from `before`, they left it as it was there. */
function hasSeenOnly(before: SlideBody, mine: SlideBody, theirs: SlideBody): boolean {
  const lost = lostIn(before, mine, theirs);
  return (
    lost.length > 0 &&
    lost.length === lostIn(before, mine, before).length &&
    lost.every((each) => each.theirs === each.base) &&
    !sameBody(before, theirs)
  );
}

type Path = readonly (string | number)[];

const same = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : -1);

/** Lists of the same length: compared place by place. */
function areAlike(one: unknown, own: unknown, now: unknown): boolean {
  return Array.isArray(one) && lengthOf(one) === lengthOf(own) && lengthOf(own) === lengthOf(now);
}

function mergeValue(base: unknown, mine: unknown, theirs: unknown, path: Path, clashes: Clash[]): unknown {
  if (same(mine, base)) return theirs;
  if (same(theirs, base) || same(mine, theirs)) return mine;
  if (areAlike(base, mine, theirs)) {
    const [before, other] = [base as unknown[], theirs as unknown[]];
    return (mine as unknown[]).map((value, at) =>
      mergeValue(before[at], value, other[at], [...path, at], clashes),
    );
  } else if (isObject(base) && isObject(mine) && isObject(theirs)) {
    const merged: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)]))
      merged[key] = mergeValue(base[key], mine[key], theirs[key], [...path, key], clashes);
    return merged;
  }
  clashes.push(clash(path, base, mine, theirs));
  return mine;
}

function mergeComponents(
  base: readonly Component[],
  mine: readonly Component[],
  theirs: readonly Component[],
  clashes: Clash[],
): Component[] {
  const find = (all: readonly Component[], id: string): Component | undefined =>
    all.find((each) => each.id === id);
  const merged: Component[] = [];
  for (const own of mine) {
    const before = find(base, own.id);
    const other = find(theirs, own.id);
    if (other) merged.push(mergeValue(before, own, other, [own.type], clashes) as Component);
    else if (!before || !same(before, own)) merged.push(own);
  }
  for (const other of theirs) {
    const before = find(base, other.id);
    if (find(mine, other.id)) continue;
    if (!before) merged.push(other);
    else if (!same(before, other)) clashes.push(clash([other.type], before, null, other));
  }
  return merged;
}

function clash(path: Path, base: unknown, mine: unknown, theirs: unknown): Clash {
  return { what: nameOf(path), base: textOf(base), mine: textOf(mine), theirs: textOf(theirs) };
}

function nameOf(path: Path): string {
  const [first, second, third, fourth] = path;
  if (second === "items" && typeof third === "number") return `bullet ${third + 1}`;
  if (second === "rows" && typeof third === "number")
    return typeof fourth === "number" ? `row ${third + 1}, column ${fourth + 1}` : `row ${third + 1}`;
  if (second === "columns" && typeof third === "number") return `heading ${third + 1}`;
  if (first === "layout_type") return "layout";
  return first === second || second === undefined ? String(first) : `${first} (${second})`;
}

/** Any value of a slide as words. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(Array.isArray(value[0]) ? "\n" : " | ");
  const component = value as Partial<Record<string, unknown>>;
  const parts = [
    "title",
    "description",
    "label",
    "text",
    "value",
    "unit",
    "period",
    "by",
    "alt",
    "items",
    "columns",
    "rows",
    "categories",
  ];
  const series = Array.isArray(component["series"])
    ? (component["series"] as { name: string; values: unknown[] }[]).map(
        ({ name, values }) => `${name}: ${textOf(values)}`,
      )
    : [];
  return [...parts.map((part) => textOf(component[part])), ...series].filter(Boolean).join("\n");
}
