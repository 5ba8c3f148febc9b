/** What is shown of the graph, and the ways through it. Pure. */
import type { Entity, EntityKind, Graph, Relationship, Strength } from "./kinds";
import { inWords, STRENGTHS } from "./kinds";

export interface Filter {
  /** Kinds of entities that are not shown. */
  without: readonly EntityKind[];
  /** Kinds of relationships that are shown; none chosen: all. */
  verbs: readonly string[];
  least: Strength;
}

export const EVERYTHING: Filter = { without: [], verbs: [], least: "weak" };

export function filtered(graph: Graph, { without, verbs, least }: Filter): Graph {
  const entities = graph.entities.filter(({ kind }) => !without.includes(kind));
  const shown = new Set(entities.map(({ id }) => id));
  const relationships = graph.relationships.filter(
    ({ from_id, to_id, kind, strength }) =>
      shown.has(from_id) &&
      shown.has(to_id) &&
      (verbs.length === 0 || verbs.includes(kind)) &&
      STRENGTHS.indexOf(strength) >= STRENGTHS.indexOf(least),
  );
  return { ...graph, entities, relationships };
}

export interface Way {
  entities: readonly string[];
  relationships: readonly Relationship[];
}

/** The shortest way between two entities, whichever way round its relationships are read; null where there is none. */
export function wayBetween(graph: Graph, from: string, to: string): Way | null {
  const cameBy = new Map<string, Relationship | null>([[from, null]]);
  let edge = [from];
  while (edge.length && !cameBy.has(to)) {
    const next: string[] = [];
    for (const here of edge)
      for (const one of graph.relationships) {
        const other = otherEnd(one, here);
        if (other === null || cameBy.has(other)) continue;
        cameBy.set(other, one);
        next.push(other);
      }
    edge = next;
  }
  if (!cameBy.has(to)) return null;
  const entities = [to];
  const relationships: Relationship[] = [];
  for (let here = to; here !== from;) {
    const one = cameBy.get(here);
    if (!one) break;
    here = otherEnd(one, here) ?? from;
    entities.unshift(here);
    relationships.unshift(one);
  }
  return { entities, relationships };
}

export function otherEnd({ from_id, to_id }: Relationship, here: string): string | null {
  return from_id === here ? to_id : to_id === here ? from_id : null;
}

/** "WD-40 Company sells Specialist; Specialist sold in EIMEA". */
export function sentenceOf(way: Way, nameOf: (id: string) => string): string {
  return way.relationships
    .map(({ from_id, kind, to_id }) => `${nameOf(from_id)} ${inWords(kind)} ${nameOf(to_id)}`)
    .join("; ");
}

export function relationshipsOf(graph: Graph, { id }: Entity): Relationship[] {
  return graph.relationships.filter(({ from_id, to_id }) => from_id === id || to_id === id);
}
