import { SegmentedControl, Table, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { inWords } from "~/api/problem";
import { booksQuery } from "~/api/queries";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { fullTime, when } from "~/lib/dates";

import { isActive, type RunStatus, runsQuery } from "./data";
import classes from "./Runs.module.css";
import { RunStatusMark } from "./RunStatusMark";
import { kindOf, lasted } from "./tree";

const FILTERS: readonly { value: RunStatus | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "waiting", label: "Waiting" },
  { value: "failed", label: "Failed" },
  { value: "completed", label: "Completed" },
];

/** What the AI works on, and worked on, in every book that the person may see. */
export function RunsPage() {
  const [filter, setFilter] = useState<RunStatus | "all">("all");
  const runs = useQuery(runsQuery(filter === "all" ? null : filter));
  const books = useInfiniteQuery(booksQuery({})).data;
  const titles = new Map(books?.pages.flatMap(({ items }) => items.map(({ id, title }) => [id, title])));
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
      ) : runs.data.length === 0 ? (
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
            {runs.data.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <Link to="/app/runs/$runId" params={{ runId: run.id }} className={classes["link"]}>
                    {kindOf(run)}
                  </Link>
                  <div className={classes["book"]}>{titles.get(run.cim_id)}</div>
                </Table.Td>
                <Table.Td>
                  <RunStatusMark status={run.status} />
                </Table.Td>
                <Table.Td className={classes["wideOnly"] ?? ""}>{run.error ?? run.progress.doing}</Table.Td>
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
