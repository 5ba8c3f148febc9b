import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { graphQuery } from "~/api/queries";
import { useBook } from "~/api/useBook";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { useAiContext } from "~/app/shell/aiPanel";
import { useMyRights } from "~/book/data/role";
import { newId } from "~/lib/ids";
import { useCommands } from "~/lib/queue/useCommands";

import { suggestionsQuery } from "./map/data";
import { EntityForm } from "./map/EntityForm";
import { draftOf, EntitySheet } from "./map/EntitySheet";
import { EVERYTHING, filtered, sentenceOf, wayBetween } from "./map/graph";
import classes from "./map/Map.module.css";
import { MapCanvas } from "./map/MapCanvas";
import { type Ends, MapFilters } from "./map/MapFilters";
import { SuggestionsPanel } from "./map/SuggestionsPanel";
import { isOnlyHere } from "./market/tabs";
import view from "./View.module.css";
import { ViewHead } from "./ViewHead";

const EXAMPLES = ["Which companies and people do the documents name?", "Which relationships may be missing?"];

/** Companies, people, products, markets and customers, how they relate, and which links may be missing. */
export function RelationshipMap() {
  const { cimId } = useParams({ from: "/workspace/app/books/$cimId/map" });
  const { entity: chosenId = null } = useSearch({ from: "/workspace/app/books/$cimId/map" });
  const navigate = useNavigate();
  const book = useBook(cimId);
  const { canEdit } = useMyRights(book);
  const { send } = useCommands(cimId);
  const reading = useQuery(graphQuery(cimId));
  const suggestions = useQuery(suggestionsQuery(cimId)).data;
  const [filter, setFilter] = useState(EVERYTHING);
  const [ends, setEnds] = useState<Ends>({ from: null, to: null });
  const [isAdding, setAdding] = useState(false);
  const all = reading.data;
  const graph = useMemo(
    () => all && { ...all, entities: all.entities.filter((entity) => !isOnlyHere(entity)) },
    [all],
  );
  const shown = useMemo(() => (graph ? filtered(graph, filter) : null), [graph, filter]);
  const isAsked = ends.from !== null && ends.to !== null && ends.from !== ends.to;
  const way = useMemo(
    () => (shown && ends.from && ends.to ? wayBetween(shown, ends.from, ends.to) : null),
    [shown, ends],
  );
  const chosen = graph?.entities.find(({ id }) => id === chosenId) ?? null;
  useAiContext({
    title: chosen ? chosen.name : "Relationship map",
    mentions: chosen ? [chosen.id] : [],
    examples: EXAMPLES,
  });

  if (reading.isError) return <ProblemNote error={reading.error} onRetry={() => void reading.refetch()} />;
  if (!graph || !shown) return <PageLoading />;
  const choose = (id: string | null): void =>
    void navigate({
      to: "/app/books/$cimId/map",
      params: { cimId },
      search: id ? { entity: id } : {},
    });
  const nameOf = (id: string): string => graph.entities.find((one) => one.id === id)?.name ?? "";

  return (
    <div className={view["view"]}>
      <ViewHead title="Relationship map" lead="Who and what the book is about, and how it hangs together.">
        {canEdit && (
          <Button
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => {
              choose(null);
              setAdding(true);
            }}
          >
            Add
          </Button>
        )}
      </ViewHead>
      <div className={classes["body"]}>
        <div className={classes["middle"]}>
          {graph.entities.length === 0 ? (
            <Empty
              title="Nothing on the map yet"
              example="WD-40 Company sells WD-40 Specialist; WD-40 Specialist is sold in EIMEA"
            >
              Add companies, people, products, markets and customers, from those that the documents name or by
              hand; the AI takes them into what it writes.
            </Empty>
          ) : (
            <>
              <MapFilters graph={graph} filter={filter} onFilter={setFilter} ends={ends} onEnds={setEnds} />
              {isAsked && (
                <p role="status" className={classes["wayWords"]}>
                  {way ? sentenceOf(way, nameOf) : "There is no way between them on what is shown."}
                </p>
              )}
              <MapCanvas graph={shown} chosenId={chosenId} way={isAsked ? way : null} onChoose={choose} />
            </>
          )}
        </div>
        <aside className={classes["side"]} aria-label="About the map">
          {chosen ? (
            <EntitySheet
              key={chosen.id}
              cimId={cimId}
              graph={graph}
              entity={chosen}
              canEdit={canEdit}
              onChoose={choose}
            />
          ) : isAdding ? (
            <section aria-label="Add to the map">
              <h2>Add to the map</h2>
              <EntityForm
                keptAs={`${cimId}:entity:new`}
                entity={null}
                onClose={() => setAdding(false)}
                onSave={(fields) => {
                  const id = newId();
                  void send({ type: "create_entity", entity: { ...draftOf(fields), id } });
                  setAdding(false);
                }}
              />
            </section>
          ) : (
            <SuggestionsPanel cimId={cimId} graph={graph} suggestions={suggestions} canEdit={canEdit} />
          )}
        </aside>
      </div>
    </div>
  );
}
