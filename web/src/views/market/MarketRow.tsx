import { ActionIcon, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";

import { keys } from "~/api/keys";
import { useKeptDraft } from "~/book/stage/useKeptDraft";
import { useCommands } from "~/lib/queue/useCommands";

import type { Entity } from "../map/kinds";
import classes from "./Market.module.css";
import { bodyOf, cellOf, TABS, type Tab, tabsOf, withTabs } from "./tabs";

interface MarketRowProps {
  cimId: string;
  tab: Tab;
  entity: Entity;
  /** Columns with something to mend. */
  wrong: ReadonlySet<string>;
  canEdit: boolean;
  isRelated: boolean;
}

/** One row; kept at every key press, saved when the row is left or by Enter. */
export function MarketRow({ cimId, tab, entity, wrong, canEdit, isRelated }: MarketRowProps) {
  const { send } = useCommands(cimId);
  const client = useQueryClient();
  const { columns, row } = TABS[tab];
  const saved = {
    name: entity.name,
    cells: Object.fromEntries(columns.map(({ name }) => [name, cellOf(entity, name)])),
  };
  const draft = useKeptDraft(`${cimId}:market:${tab}:${entity.id}`, saved);
  const { name, cells } = draft.value;

  const save = async (): Promise<void> => {
    if (!draft.isChanged || !name.trim()) return;
    const kept = Object.entries({ ...entity.attributes, ...cells }).filter(([, value]) => value.trim());
    await send({
      type: "update_entity",
      entity_id: entity.id,
      entity: { ...bodyOf(entity), name: name.trim(), attributes: Object.fromEntries(kept) },
    });
    await client.invalidateQueries({ queryKey: keys.graph(cimId) });
    draft.reset();
  };
  const remove = (): void => {
    const left = tabsOf(entity).filter((one) => one !== tab);
    if (left.length === 0 && !isRelated) void send({ type: "remove_entity", entity_id: entity.id });
    else
      void send({
        type: "update_entity",
        entity_id: entity.id,
        entity: { ...bodyOf(entity), attributes: withTabs(entity, left) },
      });
  };

  return (
    <tr
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") void save();
        if (event.key === "Escape") draft.reset();
      }}
    >
      <td className={classes["cell"]}>
        <TextInput
          aria-label={`Name of the ${row}`}
          readOnly={!canEdit}
          value={name}
          onChange={(event) => draft.set({ ...draft.value, name: event.currentTarget.value })}
        />
      </td>
      {columns.map(({ name: column, is, example }) => (
        <td
          key={column}
          className={classes["cell"]}
          data-figure={is === "number" || is === "share" || undefined}
          data-wrong={wrong.has(column) || undefined}
        >
          <TextInput
            aria-label={`${column} of ${entity.name}`}
            error={wrong.has(column)}
            placeholder={canEdit ? example : ""}
            readOnly={!canEdit}
            value={cells[column] ?? ""}
            onChange={(event) =>
              draft.set({ ...draft.value, cells: { ...cells, [column]: event.currentTarget.value } })
            }
          />
        </td>
      ))}
      <td>
        {canEdit && (
          <ActionIcon aria-label={`Remove ${entity.name}`} onClick={remove}>
            <IconX size={14} aria-hidden />
          </ActionIcon>
        )}
      </td>
    </tr>
  );
}
