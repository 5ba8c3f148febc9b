import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import type { Fact } from "~/api/types";
import { figure } from "~/book/slide/figures";
import { newId } from "~/lib/ids";
import { useCommands } from "~/lib/queue/useCommands";

import type { Graph } from "../map/kinds";
import { PlaceLink } from "../PlaceLink";
import { numberIn, type Remark } from "./checks";
import classes from "./Market.module.css";
import { MarketRow } from "./MarketRow";
import { offeredRows } from "./offered";
import { bodyOf, cellOf, listedIn, newAttributes, TABS, type Tab, tabsOf, withTabs } from "./tabs";

interface MarketTableProps {
  cimId: string;
  tab: Tab;
  graph: Graph;
  facts: readonly Fact[];
  remarks: readonly Remark[];
  canEdit: boolean;
}

/** The rows of one tab to be written, their sum, and those that the documents offer. */
export function MarketTable({ cimId, tab, graph, facts, remarks, canEdit }: MarketTableProps) {
  const { send } = useCommands(cimId);
  const [name, setName] = useState("");
  const { columns, row, kind, example, title } = TABS[tab];
  const rows = listedIn(graph.entities, tab);
  const hasSizes = columns.some((column) => column.name === "Net sales");
  const offered = hasSizes ? offeredRows(facts, rows) : [];
  const isRelated = (id: string): boolean =>
    graph.relationships.some(({ from_id, to_id }) => from_id === id || to_id === id);

  /** Whoever is on the map under this name becomes a row, too. */
  const add = (called: string, cells: Record<string, string> = {}, sources: Fact["source"][] = []): void => {
    const known = graph.entities.find(
      (one) => one.kind === kind && one.name.toLowerCase() === called.toLowerCase(),
    );
    if (known) {
      const attributes = { ...cells, ...withTabs(known, [...tabsOf(known), tab]) };
      void send({ type: "update_entity", entity_id: known.id, entity: { ...bodyOf(known), attributes } });
    } else {
      const attributes = { ...cells, ...newAttributes(tab) };
      const entity = { id: newId(), kind, name: called, description: "", aliases: [], attributes, sources };
      void send({ type: "create_entity", entity });
    }
  };

  return (
    <>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key */}
      <div className={classes["wide"]} role="region" aria-label={`Table of ${title}`} tabIndex={0}>
        <table className={classes["table"]}>
          <thead>
            <tr>
              <th scope="col">{row.replace(/^./, (first) => first.toUpperCase())}</th>
              {columns.map(({ name: column, is }) => (
                <th key={column} scope="col" data-figure={is === "number" || is === "share" || undefined}>
                  {column}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((entity) => (
              <MarketRow
                key={entity.id}
                cimId={cimId}
                tab={tab}
                entity={entity}
                wrong={
                  new Set(
                    remarks.flatMap(({ entityId, column }) =>
                      entityId === entity.id && column ? [column] : [],
                    ),
                  )
                }
                canEdit={canEdit}
                isRelated={isRelated(entity.id)}
              />
            ))}
            {hasSizes && rows.length > 1 && (
              <tr className={classes["sum"]}>
                <td>Sum</td>
                {columns.map(({ name: column }) => (
                  <td key={column} data-figure>
                    {column === "Net sales" || column === "Share, %"
                      ? figure(
                          rows.reduce((sum, entity) => sum + (numberIn(cellOf(entity, column)) ?? 0), 0),
                          1,
                        )
                      : ""}
                  </td>
                ))}
                <td />
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && (
        <p className={classes["lead"]}>
          No {row} yet. Example: {example}.
        </p>
      )}
      {canEdit && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!name.trim()) return;
            add(name.trim());
            setName("");
          }}
        >
          <TextInput
            aria-label={`New ${row}`}
            placeholder={`New ${row}, then Enter`}
            leftSection={<IconPlus size={14} aria-hidden />}
            maw={320}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </form>
      )}
      {canEdit && offered.length > 0 && (
        <section aria-label="In the documents">
          <h2>In the documents</h2>
          <ul className={classes["list"]}>
            {offered.map((fact) => (
              <li key={fact.id} className={classes["offer"]}>
                <span>
                  {fact.entity}: {fact.value} {fact.unit}, {fact.period} (
                  <PlaceLink cimId={cimId} place={fact.source} />)
                </span>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Add ${fact.entity}`}
                  onClick={() =>
                    add(
                      fact.entity,
                      { "Net sales": String(fact.value ?? ""), Unit: fact.unit, Period: fact.period },
                      [fact.source],
                    )
                  }
                >
                  Add
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
