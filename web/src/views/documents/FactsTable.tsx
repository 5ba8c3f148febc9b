import { Button, Select, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDownload, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useRef, useState } from "react";

import type { Fact, Source } from "~/api/types";
import { Empty } from "~/app/Empty";
import { figure } from "~/book/slide/figures";

import { asCsv, COLUMNS, found, type Order, sorted, titleOf } from "./facts";
import classes from "./FactsTable.module.css";

const ROW_HEIGHT = 34;

interface FactsTableProps {
  cimId: string;
  facts: readonly Fact[];
  sources: readonly Source[];
}

/** Every figure that was read, to be found, sorted and taken along; each leads to where it stands. */
export function FactsTable({ cimId, facts, sources }: FactsTableProps) {
  const [words, setWords] = useState("");
  const [period, setPeriod] = useState<string | null>(null);
  const [sourceId, setSourceId] = useState<string | null>(null);
  const [order, setOrder] = useState<Order>({ by: "metric", descending: false });
  const names = useMemo(() => new Map(sources.map(({ id, name }) => [id, name])), [sources]);
  const nameOf = useCallback((id: string) => names.get(id) ?? "", [names]);
  const periods = useMemo(
    () => [...new Set(facts.map((fact) => fact.period).filter((one): one is string => Boolean(one)))].sort(),
    [facts],
  );
  const rows = useMemo(
    () => sorted(found(facts, { words, period, sourceId }, nameOf), order, nameOf),
    [facts, words, period, sourceId, order, nameOf],
  );
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- it renders again by itself
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
  });

  if (facts.length === 0)
    return (
      <Empty title="No facts yet" example="Net sales, FY2024: USD 590.6 million (financials.xlsx, E5)">
        Each figure that stands in an uploaded document becomes a row here, with its place.
      </Empty>
    );

  const save = (): void => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", asCsv(rows, nameOf)], { type: "text/csv" }));
    link.download = "facts.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  return (
    <section className={classes["facts"]} aria-label="Facts of the documents">
      <div className={classes["filters"]}>
        <TextInput
          aria-label="Find facts"
          placeholder="Find facts: gross margin FY2024"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          aria-label="Period"
          placeholder="Every period"
          w={140}
          data={periods}
          value={period}
          onChange={setPeriod}
          clearable
          searchable
        />
        <Select
          aria-label="Document"
          placeholder="Every document"
          w={190}
          data={sources.map(({ id, name }) => ({ value: id, label: name }))}
          value={sourceId}
          onChange={setSourceId}
          clearable
        />
        <span role="status" className={classes["count"]}>
          {rows.length === facts.length ? `${facts.length} facts` : `${rows.length} of ${facts.length} facts`}
        </span>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          disabled={rows.length === 0}
          onClick={save}
        >
          Export as CSV
        </Button>
      </div>
      <div
        ref={scroller}
        className={classes["table"]}
        role="table"
        aria-label="Facts"
        aria-rowcount={rows.length + 1}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key
        tabIndex={0}
      >
        <div className={`${classes["row"]} ${classes["headings"]}`} role="row" aria-rowindex={1}>
          {COLUMNS.map(({ name, title }) => {
            const isBy = order.by === name;
            const Arrow = order.descending ? IconArrowDown : IconArrowUp;
            return (
              <span
                key={name}
                role="columnheader"
                aria-sort={isBy ? (order.descending ? "descending" : "ascending") : "none"}
                className={name === "value" ? classes["value"] : undefined}
              >
                <button
                  type="button"
                  onClick={() => setOrder({ by: name, descending: isBy && !order.descending })}
                >
                  {title} {isBy && <Arrow size={12} aria-hidden />}
                </button>
              </span>
            );
          })}
        </div>
        <div className={classes["body"]} role="rowgroup" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start }) => {
            const fact = rows[index];
            if (!fact) return null;
            const { source, value, unit, entity, period: of, basis } = fact;
            return (
              <div
                key={fact.id}
                role="row"
                aria-rowindex={index + 2}
                className={classes["row"]}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span role="cell" title={fact.statement}>
                  {titleOf(fact)}
                </span>
                <span role="cell" title={entity}>
                  {entity}
                </span>
                <span role="cell">{of}</span>
                <span role="cell" className={classes["value"]}>
                  {value == null ? "" : figure(value, undefined, `${unit} ${fact.statement}`)}
                </span>
                <span role="cell" className={classes["quiet"]}>
                  {unit}
                </span>
                <span role="cell" className={classes["quiet"]} title={basis}>
                  {basis}
                </span>
                <span role="cell">
                  <Link
                    to="/app/books/$cimId/documents"
                    params={{ cimId }}
                    search={{
                      source: source.source_id,
                      ...(source.passage_id ? { passage: source.passage_id } : {}),
                      mark: source.quote ?? String(value ?? ""),
                    }}
                    title={source.locator}
                  >
                    {nameOf(source.source_id)}, {source.locator}
                  </Link>
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}
