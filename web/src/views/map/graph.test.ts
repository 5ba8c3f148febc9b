import { expect, test } from "vitest";

import { EVERYTHING, filtered, sentenceOf, wayBetween } from "./graph";
import { asKind, type Entity, type EntityKind, type Graph, type Relationship } from "./kinds";
import { placed } from "./layout";

const entity = (id: string, kind: EntityKind = "company"): Entity => ({
  id,
  kind,
  name: id.toUpperCase(),
  description: "",
  aliases: [],
  attributes: {},
  sources: [],
  rev: 1,
  updated_at: "2026-01-01T10:00:00Z",
});

const tie = (
  from_id: string,
  kind: string,
  to_id: string,
  more: Partial<Relationship> = {},
): Relationship => ({
  id: `${from_id}-${to_id}`,
  from_id,
  to_id,
  kind,
  strength: "medium",
  description: "",
  sources: [],
  rev: 1,
  ...more,
});

const GRAPH: Graph = {
  entities: [entity("a"), entity("b", "product"), entity("c", "market"), entity("d")],
  relationships: [tie("a", "sells", "b"), tie("b", "sold_in", "c", { strength: "strong" })],
  decisions: [],
};

test("a filter takes entities with their relationships, and weaker relationships", () => {
  const without = filtered(GRAPH, { ...EVERYTHING, without: ["product"] });
  expect(without.entities.map(({ id }) => id)).toEqual(["a", "c", "d"]);
  expect(without.relationships).toEqual([]);
  const strong = filtered(GRAPH, { ...EVERYTHING, least: "strong" });
  expect(strong.relationships.map(({ id }) => id)).toEqual(["b-c"]);
  expect(filtered(GRAPH, { ...EVERYTHING, verbs: ["sells"] }).relationships).toHaveLength(1);
});

test("the way between two entities is the shortest, either way round", () => {
  const way = wayBetween(GRAPH, "c", "a");
  expect(way?.entities).toEqual(["c", "b", "a"]);
  expect(way && sentenceOf(way, (id) => id.toUpperCase())).toBe("B sold in C; A sells B");
  expect(wayBetween(GRAPH, "a", "d")).toBeNull();
});

test("what a person types becomes a kind of relationship", () => {
  expect(asKind(" Competes with ")).toBe("competes_with");
  expect(asKind("…")).toBeNull();
});

test("no entity lies on another, and those that are placed stay near", () => {
  const first = placed(GRAPH, new Map());
  const points = [...first.values()];
  for (const one of points)
    for (const other of points)
      if (one !== other) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(40);
  const again = placed({ ...GRAPH, entities: [...GRAPH.entities, entity("e")] }, first);
  expect(again.get("a")).toEqual(first.get("a"));
  expect(again.has("e")).toBe(true);
});
