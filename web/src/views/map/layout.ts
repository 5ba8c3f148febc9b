/** Where entities lie: related ones near each other, none on another. The same graph lies the same. Pure. */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from "d3-force";

import type { Graph } from "./kinds";

export interface Point {
  x: number;
  y: number;
}

interface Placed extends SimulationNodeDatum {
  id: string;
}

const TICKS = 220;
const LINK_LENGTH = 130;
const APART = 72;
/** Names are wide and low: what lies side by side needs this much more room than what lies one above the other. */
const WIDE = 1.5;

/** Those that have a place keep it. */
export function placed(graph: Graph, before: ReadonlyMap<string, Point>): Map<string, Point> {
  const nodes: Placed[] = graph.entities.map(({ id }) => {
    const known = before.get(id);
    return known ? { id, x: known.x / WIDE, y: known.y, fx: known.x / WIDE, fy: known.y } : { id };
  });
  if (nodes.every(({ fx }) => fx !== undefined)) return points(nodes);
  const known = new Set(nodes.map(({ id }) => id));
  const links = graph.relationships
    .filter(({ from_id, to_id }) => known.has(from_id) && known.has(to_id))
    .map(({ from_id, to_id }) => ({ source: from_id, target: to_id }));
  forceSimulation(nodes)
    .force(
      "link",
      forceLink<Placed, { source: string; target: string }>(links)
        .id(({ id }) => id)
        .distance(LINK_LENGTH),
    )
    .force("apart", forceManyBody().strength(-420).distanceMax(900))
    .force("room", forceCollide(APART))
    // Wider than high, as screens are.
    .force("x", forceX(0).strength(0.03))
    .force("y", forceY(0).strength(0.07))
    .stop()
    .tick(TICKS);
  return points(nodes);
}

function points(nodes: readonly Placed[]): Map<string, Point> {
  return new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x: x * WIDE, y }]));
}
