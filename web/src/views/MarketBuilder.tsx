import { Tabs, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { factsQuery, graphQuery } from "~/api/queries";
import type { Fact } from "~/api/types";
import { useBook } from "~/api/useBook";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { useAiContext } from "~/app/shell/aiPanel";
import { useMyRights } from "~/book/data/role";

import { remarksOn } from "./market/checks";
import classes from "./market/Market.module.css";
import { MarketTable } from "./market/MarketTable";
import { listedIn, TAB_NAMES, TABS } from "./market/tabs";
import { PlaceLink } from "./PlaceLink";
import view from "./View.module.css";
import { ViewHead } from "./ViewHead";

const NO_FACTS: readonly Fact[] = [];
const MOST_MENTIONED = 10;

/** The market in five tables, each held against itself and against the documents. */
export function MarketBuilder() {
  const { cimId } = useParams({ from: "/workspace/app/books/$cimId/market" });
  const { tab = "segments" } = useSearch({ from: "/workspace/app/books/$cimId/market" });
  const navigate = useNavigate();
  const { canEdit } = useMyRights(useBook(cimId));
  const reading = useQuery(graphQuery(cimId));
  const read = useQuery(factsQuery(cimId)).data;
  const facts = read ?? NO_FACTS;
  const graph = reading.data;
  const remarks = useMemo(
    () =>
      new Map(
        TAB_NAMES.map((name) => [name, graph ? remarksOn(name, listedIn(graph.entities, name), facts) : []]),
      ),
    [graph, facts],
  );
  const { title, lead } = TABS[tab];
  useAiContext({
    title,
    mentions: graph
      ? listedIn(graph.entities, tab)
          .slice(0, MOST_MENTIONED)
          .map(({ id }) => id)
      : [],
    examples: ["Which markets do the documents name?", "Who are the competitors, and what is said of them?"],
  });

  if (reading.isError) return <ProblemNote error={reading.error} onRetry={() => void reading.refetch()} />;
  if (!graph) return <PageLoading />;
  const own = remarks.get(tab) ?? [];
  // Nothing is said of tables that hold nothing, nor before they were held against the documents.
  const isHeld = own.length > 0 || (read !== undefined && listedIn(graph.entities, tab).length > 0);

  return (
    <div className={view["view"]}>
      <ViewHead title="Market builder" lead="The market in tables that hold together.">
        <Tabs
          value={tab}
          onChange={(next) => {
            const named = TAB_NAMES.find((name) => name === next);
            if (named)
              void navigate({ to: "/app/books/$cimId/market", params: { cimId }, search: { tab: named } });
          }}
        >
          <Tabs.List>
            {TAB_NAMES.map((name) => {
              const count = remarks.get(name)?.length ?? 0;
              return (
                <Tabs.Tab key={name} value={name}>
                  {TABS[name].title}
                  {count > 0 && ` (${count} to mend)`}
                </Tabs.Tab>
              );
            })}
          </Tabs.List>
        </Tabs>
      </ViewHead>
      <div className={classes["page"]}>
        <div className={classes["inner"]}>
          <p className={classes["lead"]}>{lead}</p>
          <MarketTable
            key={tab}
            cimId={cimId}
            tab={tab}
            graph={graph}
            facts={facts}
            remarks={own}
            canEdit={canEdit}
          />
          <section aria-label="Consistency" role="status">
            {isHeld && <Title order={2}>Consistency</Title>}
            {!isHeld ? null : own.length === 0 ? (
              <p className={classes["good"]}>
                <IconCheck size={15} aria-hidden /> Sums, dates, names and figures hold together.
              </p>
            ) : (
              <ul className={classes["list"]}>
                {own.map((remark) => (
                  <li key={remark.key} className={classes["remark"]}>
                    <IconAlertTriangle size={15} aria-hidden />
                    <span>
                      {remark.words}
                      {remark.place && (
                        <>
                          {" "}
                          (<PlaceLink cimId={cimId} place={remark.place} mark={remark.figure} />)
                        </>
                      )}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      </div>
    </div>
  );
}
