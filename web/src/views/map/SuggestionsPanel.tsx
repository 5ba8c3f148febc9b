import { Button } from "@mantine/core";
import { useState } from "react";

import { newId } from "~/lib/ids";
import { useCommands } from "~/lib/queue/useCommands";

import { PlaceLink } from "../PlaceLink";
import { type Graph, inWords, KIND_NAMES, type Suggestions } from "./kinds";
import classes from "./Map.module.css";

const MOST_SHOWN = 12;

interface SuggestionsPanelProps {
  cimId: string;
  graph: Graph;
  suggestions: Suggestions | undefined;
  canEdit: boolean;
}

/** What the documents speak for and the map lacks: links first, then those whom they name. */
export function SuggestionsPanel({ cimId, graph, suggestions, canEdit }: SuggestionsPanelProps) {
  const { send } = useCommands(cimId);
  const [isAll, setAll] = useState(false);
  if (!suggestions) return null;
  const { entities, relationships } = suggestions;
  const nameOf = (id: string): string => graph.entities.find((one) => one.id === id)?.name ?? "";
  const named = isAll ? entities : entities.slice(0, MOST_SHOWN);
  return (
    <>
      <section aria-label="Missing links">
        <h2>Missing links</h2>
        {relationships.length === 0 && (
          <p className={classes["quiet"]}>
            The documents name nobody together who is on the map without a relationship.
          </p>
        )}
        <ul className={classes["list"]}>
          {relationships.map(({ together, ...tie }) => (
            <li key={`${tie.from_id} ${tie.to_id}`} className={classes["item"]}>
              <span>
                <strong>{nameOf(tie.from_id)}</strong> {inWords(tie.kind)}{" "}
                <strong>{nameOf(tie.to_id)}</strong>
              </span>
              {canEdit && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Add: ${nameOf(tie.from_id)} ${inWords(tie.kind)} ${nameOf(tie.to_id)}`}
                  onClick={() =>
                    void send({
                      type: "create_relationship",
                      relationship: { ...tie, id: newId(), description: "" },
                    })
                  }
                >
                  Add
                </Button>
              )}
              <span className={classes["quiet"]}>
                {tie.strength}, named together {together === 1 ? "once" : `${together} times`}
                {tie.sources.slice(0, 1).map((place, at) => (
                  <span key={at}>
                    : <PlaceLink cimId={cimId} place={place} />
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label="Named in the documents">
        <h3>Named in the documents, not on the map</h3>
        {entities.length === 0 && <p className={classes["quiet"]}>Everybody whom they name is on the map.</p>}
        <ul className={classes["list"]}>
          {named.map(({ mentions, ...entity }) => (
            <li key={`${entity.kind} ${entity.name}`} className={classes["item"]}>
              <span>{entity.name}</span>
              {canEdit && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Add ${entity.name}`}
                  onClick={() =>
                    void send({
                      type: "create_entity",
                      entity: { ...entity, id: newId(), description: "", attributes: {} },
                    })
                  }
                >
                  Add
                </Button>
              )}
              <span className={classes["quiet"]}>
                {KIND_NAMES[entity.kind]}, {mentions === 1 ? "once" : `${mentions} times`}
                {entity.sources.slice(0, 1).map((place, at) => (
                  <span key={at}>
                    , <PlaceLink cimId={cimId} place={place} mark={entity.name} />
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ul>
        {entities.length > named.length && (
          <Button variant="subtle" color="gray" onClick={() => setAll(true)}>
            {entities.length - named.length} more
          </Button>
        )}
      </section>
    </>
  );
}
