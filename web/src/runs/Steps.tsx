import { Button } from "@mantine/core";
import { IconGitFork } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { fullTime, timeOfDay } from "~/lib/dates";

import { stepsQuery } from "./data";
import classes from "./Runs.module.css";
import { forkRun } from "./steering";
import { Refused } from "~/chat/cards/Refused";

interface StepsProps {
  runId: string;
  agentId: string;
  isRunning: boolean;
  canFork: boolean;
}

/** What an agent did, step by step; once it is over it can be gone on with differently from any of them. */
export function Steps({ runId, agentId, isRunning, canFork }: StepsProps) {
  const steps = useQuery(stepsQuery(runId, agentId, isRunning)).data;
  const navigate = useNavigate();
  const forking = useMutation({
    mutationFn: (step: number) => forkRun(runId, agentId, step),
    onSuccess: ({ run_id: forked }) => navigate({ to: "/app/runs/$runId", params: { runId: forked } }),
  });
  if (!steps) return null;
  if (steps.length === 0) return <p className={classes["quiet"]}>No step was kept.</p>;
  return (
    <>
      <ol className={classes["steps"]}>
        {steps.map(({ id, step, node, at }) => (
          <li key={id}>
            <span className={classes["number"]}>{step}</span>
            <span className={classes["node"]}>{node.replaceAll("_", " ")}</span>
            <time dateTime={at} title={fullTime(at)}>
              {timeOfDay(at)}
            </time>
            {canFork && (
              <Button
                size="compact-xs"
                variant="subtle"
                leftSection={<IconGitFork size={12} aria-hidden />}
                disabled={forking.isPending}
                aria-label={`Fork from here: step ${step}, ${node}`}
                onClick={() => forking.mutate(step)}
              >
                Fork from here
              </Button>
            )}
          </li>
        ))}
      </ol>
      <Refused error={forking.error} />
    </>
  );
}
