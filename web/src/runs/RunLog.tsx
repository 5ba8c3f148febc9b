import { useQuery } from "@tanstack/react-query";

import type { Run } from "~/api/types";
import { toolCallsQuery } from "~/chat/data";
import { ToolLines } from "~/chat/talk/ToolLines";
import { fullTime, timeOfDay } from "~/lib/dates";

import { type Agent, isActive } from "./data";
import { logOf } from "./log";
import classes from "./Runs.module.css";

const SOON_MS = 1_500;

/** What became of the run's agents, and every call that they made, as it is recorded. */
export function RunLog({ run, agents }: { run: Run; agents: readonly Agent[] }) {
  const isRunning = isActive(run);
  const calls = useQuery({
    ...toolCallsQuery(run.cim_id, run.id),
    refetchInterval: isRunning ? SOON_MS : false,
  }).data;
  const lines = logOf(agents);
  if (lines.length === 0 && !calls?.length)
    return <p className={classes["quiet"]}>{isRunning ? "Nothing was recorded yet." : "No agent began."}</p>;
  return (
    <>
      <ol className={classes["log"]}>
        {lines.map(({ id, at, who, what }) => (
          <li key={id}>
            <time dateTime={at} title={fullTime(at)}>
              {timeOfDay(at)}
            </time>
            <span>
              {who} {what}
            </span>
          </li>
        ))}
      </ol>
      {calls && <ToolLines calls={calls} isWriting />}
    </>
  );
}
