import { SegmentedControl, Table, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { inWords } from "~/api/problem";
import { titlesQuery } from "~/api/queries";
import type { Run } from "~/api/types";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { fullTime, when } from "~/lib/dates";

import { isActive, type RunStatus, runsQuery } from "./data";
import classes from "./Runs.module.css";
import { RunStatusMark } from "./RunStatusMark";
import { kindOf, lasted } from "./tree";
import { useWaitedFor } from "./waitedFor";
import { useWaiting } from "./waiting";

const FILTERS: readonly { value: RunStatus | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "waiting", label: "Waiting" },
  { value: "failed", label: "Failed" },
  { value: "completed", label: "Completed" },
];

const NO_RUNS: readonly Run[] = [];

/** What the AI works on, and worked on, in every book that the person may see. */
export function RunsPage() {
  const [filter, setFilter] = useState<RunStatus | "all">("all");
  // Runs that wait are told apart here: to the API an answer that asks something is still running.
  const runs = useQuery(runsQuery(filter === "all" || filter === "waiting" ? null : filter));
  const waiting = useWaiting(runs.data ?? NO_RUNS);
  const statusOf = ({ id, status }: Run): RunStatus => (waiting.has(id) ? "waiting" : status);
  const shown = (runs.data ?? NO_RUNS).filter((run) => filter === "all" || statusOf(run) === filter);
  const books = [...new Set((runs.data ?? NO_RUNS).map(({ cim_id }) => cim_id))].sort();
  const titles = useQuery({ ...titlesQuery(books), placeholderData: keepPreviousData }).data;
  const nameOf = useWaitedFor(shown.filter((run) => statusOf(run) === "waiting"));
  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <Title order={1}>Runs</Title>
        <SegmentedControl
          aria-label="Which runs"
          size="xs"
          value={filter}
          onChange={setFilter}
          data={[...FILTERS]}
        />
      </header>
      {runs.isError ? (
        <Empty title={inWords(runs.error).sentence}>{inWords(runs.error).next}</Empty>
      ) : runs.isPending ? (
        <PageLoading />
      ) : shown.length === 0 ? (
        <Empty title="No runs here" example="Draft the outline for a financial sponsor.">
          Everything that the AI does is a run: an answer in the talk, a draft, a whole book. Open a book and
          talk to the AI to start one.
        </Empty>
      ) : (
        <Table className={classes["table"] ?? ""}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Run</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th className={classes["wideOnly"] ?? ""}>Doing</Table.Th>
              <Table.Th>Began</Table.Th>
              <Table.Th className={`${classes["number"] ?? ""} ${classes["wideOnly"] ?? ""}`}>Took</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <Link to="/app/runs/$runId" params={{ runId: run.id }} className={classes["link"]}>
                    {kindOf(run)}
                  </Link>
                  <div className={classes["book"]}>{titles?.[run.cim_id]}</div>
                </Table.Td>
                <Table.Td>
                  <RunStatusMark status={statusOf(run)} waitsFor={nameOf(run)} />
                </Table.Td>
                <Table.Td className={classes["wideOnly"] ?? ""}>
                  {run.error ?? (statusOf(run) === "running" && run.progress.doing)}
                </Table.Td>
                <Table.Td title={fullTime(run.started_at)} className={classes["when"] ?? ""}>
                  {when(run.started_at)}
                </Table.Td>
                <Table.Td className={`${classes["number"] ?? ""} ${classes["wideOnly"] ?? ""}`}>
                  {isActive(run)
                    ? lasted(run.started_at, null, runs.dataUpdatedAt)
                    : lasted(run.started_at, run.completed_at, runs.dataUpdatedAt)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}
