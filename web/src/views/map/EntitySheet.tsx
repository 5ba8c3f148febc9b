import { ActionIcon, Anchor, Button } from "@mantine/core";
import { IconMessage2, IconPencil, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";

import { wishToTalk } from "~/app/shell/aiPanel";
import { newId } from "~/lib/ids";
import { useCommands } from "~/lib/queue/useCommands";

import { PlaceLink } from "../PlaceLink";
import { type EntityFields, EntityForm } from "./EntityForm";
import { relationshipsOf } from "./graph";
import { type Entity, type Graph, inWords, KIND_ICONS, KIND_NAMES } from "./kinds";
import classes from "./Map.module.css";
import { TieForm } from "./TieForm";

interface EntitySheetProps {
  cimId: string;
  graph: Graph;
  entity: Entity;
  canEdit: boolean;
  onChoose: (id: string | null) => void;
}

/** What is known of one entity, whom it is related to, and where it stands in the documents. */
export function EntitySheet({ cimId, graph, entity, canEdit, onChoose }: EntitySheetProps) {
  const { send } = useCommands(cimId);
  const [doing, setDoing] = useState<"edit" | "tie" | null>(null);
  const nameOf = (id: string): string => graph.entities.find((one) => one.id === id)?.name ?? "";
  const Icon = KIND_ICONS[entity.kind];
  const ties = relationshipsOf(graph, entity);
  const attributes = Object.entries(entity.attributes ?? {});

  return (
    <section aria-label={entity.name}>
      <h2>
        <Icon size={18} aria-hidden /> {entity.name}
        <ActionIcon aria-label="Close the sheet" ml="auto" onClick={() => onChoose(null)}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </h2>
      <p className={classes["quiet"]}>
        {[KIND_NAMES[entity.kind], ...entity.aliases.map((alias) => `also ${alias}`)].join(", ")}
      </p>
      {doing === "edit" ? (
        <EntityForm
          keptAs={`${cimId}:entity:${entity.id}`}
          entity={entity}
          onClose={() => setDoing(null)}
          onSave={(fields) => {
            const sent = { ...draftOf(fields), sources: entity.sources };
            void send({ type: "update_entity", entity_id: entity.id, entity: sent });
            setDoing(null);
          }}
        />
      ) : (
        <>
          {entity.description && <p>{entity.description}</p>}
          {attributes.length > 0 && (
            <dl className={classes["facts"]}>
              {attributes.map(([name, value]) => (
                <FactPair key={name} name={name} value={value} />
              ))}
            </dl>
          )}
          <div className={classes["foot"]}>
            {canEdit && (
              <Button
                variant="default"
                leftSection={<IconPencil size={14} aria-hidden />}
                onClick={() => setDoing("edit")}
              >
                Edit
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<IconMessage2 size={14} aria-hidden />}
              onClick={() => wishToTalk("", [entity.id])}
            >
              Ask about it
            </Button>
            {canEdit && (
              <Button
                variant="subtle"
                color="gray"
                leftSection={<IconTrash size={14} aria-hidden />}
                onClick={() => {
                  void send({ type: "remove_entity", entity_id: entity.id });
                  onChoose(null);
                }}
              >
                {ties.length ? `Remove with ${ties.length} relationships` : "Remove"}
              </Button>
            )}
          </div>
        </>
      )}
      <h3>Relationships</h3>
      {ties.length === 0 && <p className={classes["quiet"]}>None yet.</p>}
      <ul className={classes["list"]}>
        {ties.map((tie) => {
          const other = tie.from_id === entity.id ? tie.to_id : tie.from_id;
          return (
            <li key={tie.id} className={classes["item"]}>
              <span>
                {tie.from_id === entity.id && `${inWords(tie.kind)} `}
                <Anchor component="button" type="button" onClick={() => onChoose(other)}>
                  {nameOf(other)}
                </Anchor>
                {tie.from_id !== entity.id && ` ${inWords(tie.kind)} it`}
              </span>
              {canEdit && (
                <ActionIcon
                  size="sm"
                  aria-label={`Remove: ${nameOf(tie.from_id)} ${inWords(tie.kind)} ${nameOf(tie.to_id)}`}
                  onClick={() => void send({ type: "remove_relationship", relationship_id: tie.id })}
                >
                  <IconX size={13} aria-hidden />
                </ActionIcon>
              )}
              <span className={classes["quiet"]}>
                {tie.strength}
                {tie.sources.slice(0, 2).map((place, at) => (
                  <span key={at}>
                    , <PlaceLink cimId={cimId} place={place} />
                  </span>
                ))}
              </span>
            </li>
          );
        })}
      </ul>
      {canEdit &&
        (doing === "tie" ? (
          <TieForm
            from={entity}
            others={graph.entities.filter(({ id }) => id !== entity.id)}
            onClose={() => setDoing(null)}
            onSave={(tie) => {
              const relationship = { ...tie, id: newId(), from_id: entity.id, description: "", sources: [] };
              void send({ type: "create_relationship", relationship });
              setDoing(null);
            }}
          />
        ) : (
          <div className={classes["foot"]}>
            <Button
              variant="subtle"
              color="gray"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => setDoing("tie")}
            >
              Relationship
            </Button>
          </div>
        ))}
      {entity.sources.length > 0 && (
        <>
          <h3>In the documents</h3>
          <ul className={classes["list"]}>
            {entity.sources.map((place, at) => (
              <li key={at} className={classes["item"]}>
                <PlaceLink cimId={cimId} place={place} mark={entity.name} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function FactPair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export function draftOf({ kind, name, description, aliases, attributes }: EntityFields) {
  return {
    kind,
    name: name.trim(),
    description: description.trim(),
    aliases: aliases
      .split(",")
      .map((alias) => alias.trim())
      .filter(Boolean),
    attributes: Object.fromEntries(
      attributes.flatMap((one) => (one.name.trim() ? [[one.name.trim(), one.value.trim()]] : [])),
    ),
    sources: [] as Entity["sources"],
  };
}
