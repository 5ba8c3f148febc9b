import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { keys } from "~/api/keys";
import type { Run } from "~/api/types";
import { Refused } from "~/chat/cards/Refused";

import { isActive } from "./data";
import classes from "./Runs.module.css";
import { cancelRun, resumeRun } from "./steering";

export function RunActions({ run }: { run: Run }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const cancelling = useMutation({
    mutationFn: () => cancelRun(run.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.allRuns() }),
  });
  const resuming = useMutation({
    mutationFn: () => resumeRun(run.id),
    onSuccess: ({ run_id: runId }) => navigate({ to: "/app/runs/$runId", params: { runId } }),
  });
  const canResume = run.status === "failed" || run.status === "cancelled";
  return (
    <div className={classes["actions"]}>
      {isActive(run) && (
        <Button variant="default" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
          Cancel the run
        </Button>
      )}
      {canResume && (
        <Button loading={resuming.isPending} onClick={() => resuming.mutate()}>
          Resume
        </Button>
      )}
      <Refused error={cancelling.error ?? resuming.error} />
    </div>
  );
}
