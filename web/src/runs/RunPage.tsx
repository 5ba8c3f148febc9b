import { Button, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { keys } from "~/api/keys";
import { inWords } from "~/api/problem";
import { headQuery } from "~/api/queries";
import type { Run } from "~/api/types";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { fullTime, when } from "~/lib/dates";

import { AgentTree } from "./AgentTree";
import { costOf, usageInWords } from "./cost";
import { agentsQuery, isActive, runQuery, runUsageQuery, webConfigQuery } from "./data";
import { RunActions } from "./RunActions";
import { RunLog } from "./RunLog";
import classes from "./Runs.module.css";
import { RunStatusMark } from "./RunStatusMark";
import { Steps } from "./Steps";
import { kindOf, lasted, temporalAddress } from "./tree";
import { useWaitedFor } from "./waitedFor";

/** One run: its agents, what each did step by step, and what can be done about it. */
export function RunPage() {
  const { runId } = useParams({ from: "/workspace/around/app/runs/$runId" });
  const run = useQuery(runQuery(runId));
  if (run.isError)
    return (
      <Empty
        title={inWords(run.error).sentence}
        action={
          <Button component={Link} to="/app/runs" mt="xs">
            To the runs
          </Button>
        }
      >
        {inWords(run.error).next || "It may be gone."}
      </Empty>
    );
  if (run.isPending) return <PageLoading />;
  return <Shown key={runId} run={run.data} now={run.dataUpdatedAt} />;
}

function Shown({ run, now }: { run: Run; now: number }) {
  const isRunning = isActive(run);
  const agents = useQuery(agentsQuery(run.id, isRunning)).data ?? [];
  const usage = useQuery(runUsageQuery(run.id, isRunning)).data;
  const book = useQuery(headQuery(run.cim_id)).data;
  const config = useQuery(webConfigQuery).data;
  const client = useQueryClient();
  const waitsFor = useWaitedFor([run]);
  // What was read while it ran may lack its end.
  useEffect(() => {
    if (isRunning) return;
    for (const queryKey of [keys.run(run.id), keys.toolCalls(run.cim_id)])
      void client.invalidateQueries({ queryKey });
  }, [client, isRunning, run.id, run.cim_id]);
  const isAsking = isRunning && agents.some((one) => one.waits_for.length > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const agent = agents.find(({ id }) => id === chosen) ?? agents[0];
  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <div>
          <Link to="/app/runs" className={classes["quiet"]}>
            Runs
          </Link>
          <Title order={1}>{kindOf(run)}</Title>
          <p className={classes["facts"]}>
            <RunStatusMark status={isAsking ? "waiting" : run.status} waitsFor={waitsFor(run)} />
            <span title={fullTime(run.started_at)}>began {when(run.started_at)}</span>
            <span>
              {isRunning ? "for" : "took"} {lasted(run.started_at, run.completed_at, now)}
            </span>
            {usage && usage.total.calls > 0 && (
              <span title={usageInWords(usage.total)}>
                {usage.whose === "own" ? "your part" : "cost"}: {costOf(usage.total)}
              </span>
            )}
            {run.progress.total > 0 && (
              <span>
                {run.progress.done} of {run.progress.total}
              </span>
            )}
            {run.progress.doing && !isAsking && <span>{run.progress.doing}</span>}
            <Link to="/app/books/$cimId" params={{ cimId: run.cim_id }}>
              {book?.title ?? "The book"}
            </Link>
            {config?.temporal_ui_url && (
              <a
                href={temporalAddress(config.temporal_ui_url, config.temporal_namespace, run)}
                target="_blank"
                rel="noopener noreferrer"
              >
                In the Temporal UI
              </a>
            )}
          </p>
        </div>
        <RunActions run={run} />
      </header>
      {run.instruction && <p className={classes["instruction"]}>{run.instruction}</p>}
      {run.error && (
        <p role="alert" className={classes["error"]}>
          {run.error}
        </p>
      )}
      {run.notes.map((note, at) => (
        <p key={at} className={classes["quiet"]}>
          {note}
        </p>
      ))}
      <div className={classes["columns"]}>
        <section aria-label="Agents">
          <Title order={2}>Agents</Title>
          <AgentTree
            agents={agents}
            usage={usage?.items ?? []}
            chosen={agent?.id ?? null}
            now={now}
            onChoose={setChosen}
          />
        </section>
        <section aria-label="Steps">
          <Title order={2}>Steps</Title>
          {agent && <Steps runId={run.id} agentId={agent.id} isRunning={isRunning} canFork={!isRunning} />}
        </section>
      </div>
      <section aria-label="Log">
        <Title order={2}>Log</Title>
        <RunLog run={run} agents={agents} />
      </section>
    </div>
  );
}
