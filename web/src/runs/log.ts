/** What became of a run's agents, in the order of time. Pure. */
import type { Agent } from "./data";

export interface LogLine {
  id: string;
  at: string;
  who: string;
  what: string;
}

const ENDS: Partial<Record<Agent["status"], string>> = {
  completed: "completed",
  failed: "failed",
};

export function logOf(agents: readonly Agent[]): LogLine[] {
  const lines: LogLine[] = [];
  for (const {
    id,
    agent_type: type,
    title,
    status,
    error,
    started_at: began,
    completed_at: ended,
  } of agents) {
    const who = [type, title].filter(Boolean).join(" ");
    if (began) lines.push({ id: `${id}-began`, at: began, who, what: "began" });
    if (ended)
      lines.push({
        id: `${id}-ended`,
        at: ended,
        who,
        what: [ENDS[status] ?? status, error].filter(Boolean).join(": "),
      });
  }
  return lines.sort((one, other) => one.at.localeCompare(other.at));
}
