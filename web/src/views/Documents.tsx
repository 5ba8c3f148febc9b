import "@mantine/dropzone/styles.css";

import { Tabs } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { keys } from "~/api/keys";
import { factsQuery, findingsQuery, sourcesQuery } from "~/api/queries";
import type { Slide, Source } from "~/api/types";
import { useBook, useSlides } from "~/api/useBook";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { useAiContext } from "~/app/shell/aiPanel";
import { useNameOf } from "~/book/data/people";
import { useMyRights } from "~/book/data/role";

import { conflictsOf, openOf } from "./documents/conflicts";
import { Contradictions } from "./documents/Contradictions";
import { DocumentList } from "./documents/DocumentList";
import classes from "./documents/Documents.module.css";
import { FactsTable } from "./documents/FactsTable";
import { Reader } from "./documents/Reader";
import { uploadAll } from "./documents/uploads";
import view from "./View.module.css";
import { ViewHead } from "./ViewHead";

const ASK_AFTER_MS = 2_000;
const NO_SLIDES: readonly Slide[] = [];

/** What the book rests on: its documents to read, their facts, and where they contradict each other. */
export function Documents() {
  const { cimId } = useParams({ from: "/workspace/app/books/$cimId/documents" });
  const search = useSearch({ from: "/workspace/app/books/$cimId/documents" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const book = useBook(cimId);
  const slides = useSlides(cimId) ?? NO_SLIDES;
  const sources = useQuery({
    ...sourcesQuery(cimId),
    // News of a document may get lost, so while one is being read it is also asked for.
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === "received" || status === "reading") ? ASK_AFTER_MS : false,
  });
  const facts = useQuery(factsQuery(cimId)).data;
  const findings = useQuery(findingsQuery(cimId)).data?.items;
  const nameOf = useNameOf(book.project_id);
  const { canEdit } = useMyRights(book);
  const conflicts = useMemo(() => conflictsOf(findings ?? []), [findings]);
  const open = conflicts.filter((conflict) => openOf(conflict).length > 0).length;

  // What a document says is there once it has been read.
  const read = sources.data?.filter(({ status }) => status === "ready").length;
  useEffect(() => {
    void client.invalidateQueries({ queryKey: keys.facts(cimId) });
    void client.invalidateQueries({ queryKey: keys.findings(cimId) });
  }, [client, cimId, read]);

  const arrived = (source: Source): void => {
    client.setQueryData<Source[]>(keys.sources(cimId), (known = []) => [
      ...known.filter(({ id }) => id !== source.id),
      source,
    ]);
    void client.invalidateQueries({ queryKey: keys.sources(cimId) });
  };
  const take = (files: File[]): void => uploadAll(cimId, files, arrived);

  const chosen = sources.data?.find(({ id }) => id === search.source) ?? null;
  useAiContext({
    title: chosen?.name ?? "Documents",
    mentions: chosen ? [chosen.id] : [],
    examples: [
      "What do the documents say about gross margin?",
      "Where do the documents contradict each other?",
    ],
  });

  if (sources.isError) return <ProblemNote error={sources.error} onRetry={() => void sources.refetch()} />;
  if (!sources.data) return <PageLoading />;
  const tab = search.source ? "read" : (search.tab ?? "read");
  const isReading = tab !== "read" || search.source !== undefined;

  return (
    <div className={view["view"]}>
      {canEdit && (
        <Dropzone.FullScreen active onDrop={take}>
          Drop to upload to this book
        </Dropzone.FullScreen>
      )}
      <ViewHead title="Documents" lead="What the book rests on; every figure leads back to here.">
        <Tabs
          value={tab}
          onChange={(next) =>
            void navigate({
              to: "/app/books/$cimId/documents",
              params: { cimId },
              search: next === "facts" || next === "contradictions" ? { tab: next } : {},
            })
          }
        >
          <Tabs.List>
            <Tabs.Tab value="read">Read</Tabs.Tab>
            <Tabs.Tab value="facts">Facts {facts ? facts.length : ""}</Tabs.Tab>
            <Tabs.Tab value="contradictions">
              Contradictions {open ? `${open} open` : conflicts.length || ""}
            </Tabs.Tab>
          </Tabs.List>
        </Tabs>
      </ViewHead>
      <div className={classes["body"]} data-reading={isReading} data-list={tab === "read"}>
        {tab === "read" && (
          <aside className={classes["aside"]} aria-label="Documents">
            <DocumentList
              cimId={cimId}
              sources={sources.data}
              chosenId={search.source}
              canEdit={canEdit}
              onFiles={take}
              onArrived={arrived}
            />
          </aside>
        )}
        <div className={classes["main"]}>
          {tab === "facts" ? (
            facts ? (
              <FactsTable cimId={cimId} facts={facts} sources={sources.data} />
            ) : (
              <PageLoading />
            )
          ) : tab === "contradictions" && !findings ? (
            <PageLoading />
          ) : tab === "contradictions" ? (
            <div className={classes["scroll"]}>
              <Contradictions
                cimId={cimId}
                conflicts={conflicts}
                sources={sources.data}
                slides={slides}
                canEdit={canEdit}
                nameOf={nameOf}
              />
            </div>
          ) : chosen ? (
            <Reader
              key={chosen.id}
              source={chosen}
              slides={slides}
              passageId={search.passage}
              mark={search.mark}
              nameOf={nameOf}
            />
          ) : search.source ? (
            <Empty title="Not here">The document that the link names is not in this book any more.</Empty>
          ) : (
            <Empty
              title={sources.data.length ? "Choose a document" : "No documents yet"}
              example={
                sources.data.length ? undefined : "Annual report, financial model, management interview"
              }
            >
              {sources.data.length
                ? "It opens to be read, with every passage marked that a slide rests on."
                : "Upload what the company gave you: the AI writes from it, and each figure leads back to its passage."}
            </Empty>
          )}
        </div>
      </div>
    </div>
  );
}
