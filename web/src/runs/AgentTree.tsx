import { UnstyledButton } from "@mantine/core";

import type { components } from "~/api/schema";

import { costOf } from "./cost";
import { type Agent } from "./data";
import classes from "./Runs.module.css";
import { RunStatusMark } from "./RunStatusMark";
import { lasted, treeOf } from "./tree";

interface AgentTreeProps {
  agents: readonly Agent[];
  /** What the models of each took; `key` is the agent's id. */
  usage: readonly components["schemas"]["UsageGroup"][];
  chosen: string | null;
  now: number;
  onChoose: (agentId: string) => void;
}

export function AgentTree({ agents, usage, chosen, now, onChoose }: AgentTreeProps) {
  if (agents.length === 0) return <p className={classes["quiet"]}>No agent has begun yet.</p>;
  return (
    <ul className={classes["agents"]}>
      {treeOf(agents).map(({ agent, depth }) => (
        <li key={agent.id} style={{ paddingLeft: depth * 18 }}>
          <UnstyledButton
            className={classes["agent"]}
            aria-current={agent.id === chosen || undefined}
            onClick={() => onChoose(agent.id)}
          >
            <span className={classes["agentName"]}>
              <strong>{agent.agent_type}</strong> {agent.title}
            </span>
            <RunStatusMark
              status={agent.status === "running" && agent.waits_for.length > 0 ? "waiting" : agent.status}
            />
            <span className={classes["number"]}>
              {[
                agent.steps === 1 ? "1 step" : `${agent.steps} steps`,
                lasted(agent.started_at, agent.completed_at, now),
                costOf(usage.find(({ key, cost_usd: cost }) => key === agent.id && cost > 0)),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
            {(agent.error ?? (agent.status === "running" && agent.doing)) && (
              <span className={classes["agentSays"]}>{agent.error ?? agent.doing}</span>
            )}
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
