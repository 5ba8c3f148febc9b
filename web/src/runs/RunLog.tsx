import { useQuery } from "@tanstack/react-query";

import type { Run } from "~/api/types";
import { toolCallsQuery } from "~/chat/data";
import { ToolLines } from "~/chat/talk/ToolLines";

import { isActive } from "./data";
import classes from "./Runs.module.css";

const SOON_MS = 1_500;

/** Every call of the run's agents, as it is recorded. */
export function RunLog({ run }: { run: Run }) {
  const isRunning = isActive(run);
  const calls = useQuery({
    ...toolCallsQuery(run.cim_id, run.id),
    refetchInterval: isRunning ? SOON_MS : false,
  }).data;
  if (!calls) return null;
  if (calls.length === 0)
    return (
      <p className={classes["quiet"]}>{isRunning ? "Nothing was recorded yet." : "No tool was called."}</p>
    );
  return <ToolLines calls={calls} isWriting />;
}
