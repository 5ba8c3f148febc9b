/** Agents as a tree, in the order in which they began; times and addresses in words. Pure. */
import type { Run } from "~/api/types";

import type { Agent } from "./data";

export interface Branch {
  agent: Agent;
  depth: number;
}

export function treeOf(agents: readonly Agent[]): Branch[] {
  const known = new Set(agents.map(({ id }) => id));
  const begun = [...agents].sort((one, other) =>
    (one.started_at ?? "~").localeCompare(other.started_at ?? "~"),
  );
  const found: Branch[] = [];
  const below = (parent: string | null, depth: number): void => {
    for (const agent of begun) {
      const its =
        agent.parent_id && agent.parent_id !== agent.id && known.has(agent.parent_id)
          ? agent.parent_id
          : null;
      if (its !== parent) continue;
      found.push({ agent, depth });
      below(agent.id, depth + 1);
    }
  };
  below(null, 0);
  return found;
}

/** "0.4 s", "12 s", "3 min 05 s", "2 h 10 min" */
export function lasted(from: string | null | undefined, to: string | null | undefined, now: number): string {
  if (!from) return "";
  const ms = Math.max(0, (to ? Date.parse(to) : now) - Date.parse(from));
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The very workflow of a run in the Temporal UI. */
export function temporalAddress(base: string, namespace: string, run: Pick<Run, "id" | "cim_id">): string {
  const workflow = encodeURIComponent(`run/${run.cim_id}/${run.id}`);
  return `${base.replace(/\/$/, "")}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}`;
}

const KINDS: Record<string, string> = {
  chat: "Answer in the talk",
  turn: "Answer in the talk",
  compose: "Compose the book",
  draft_buyer_persona: "Draft the buyer persona",
  draft_hero_context: "Draft the hero concept",
  draft_outline: "Draft the outline",
  draft_slides: "Draft slides",
};

export const kindOf = (run: Pick<Run, "kind">): string => KINDS[run.kind] ?? run.kind.replaceAll("_", " ");
