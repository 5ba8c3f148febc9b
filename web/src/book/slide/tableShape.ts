/** How the cells of a table are printed: which columns hold figures, and with how many decimals. Pure. */
import type { Component } from "~/api/types";

import { decimalsOf, figure, isFigureText, isPeriod, NOTHING } from "./figures";

export type Table = Extract<Component, { type: "table" }>;

const UNIT_AT_END = /\(([^()]+)\)\s*$/;
const TOTAL = /^(sub)?total\b|^sum\b/i;

export interface TableShape {
  numeric: readonly boolean[];
  isTotal: (row: number) => boolean;
  shown: (row: number, column: number) => string;
}

export function shapeOf(table: Table): TableShape {
  const { columns, rows } = table;
  const numeric = columns.map((_, at) => {
    const filled = rows.map((row) => row[at] ?? "").filter((cell) => cell !== "");
    const figures = filled.filter((cell) => typeof cell === "number" || isFigureText(cell));
    return figures.length > 0 && 2 * figures.length >= filled.length;
  });
  const byRow = columns.filter(isPeriod).length >= 2 || hasRowsOfTheirOwnUnit(table);
  const decimals = (row: number, column: number): number => {
    const related = byRow ? (rows[row] ?? []) : rows.map((each) => each[column] ?? null);
    return Math.max(0, ...related.map((cell) => (typeof cell === "number" ? decimalsOf(cell) : 0)));
  };
  return {
    numeric,
    isTotal: (row) => TOTAL.test(String(rows[row]?.[0] ?? "")),
    shown: (row, column) => {
      const cell = rows[row]?.[column] ?? null;
      if (typeof cell === "number")
        return figure(cell, decimals(row, column), `${rows[row]?.[0] ?? ""} ${columns[column] ?? ""}`);
      return cell?.replaceAll("\n", " ") ?? (numeric[column] ? NOTHING : "");
    },
  };
}

function hasRowsOfTheirOwnUnit({ columns, rows }: Table): boolean {
  const units = columns.findIndex((name) => ["unit", "units"].includes(name.trim().toLowerCase()));
  const said = new Set<string>();
  for (const row of rows) {
    const label = units < 0 ? String(row[0] ?? "") : `(${row[units] ?? ""})`;
    const unit = UNIT_AT_END.exec(label)?.[1];
    if (unit && row.some((cell) => typeof cell === "number")) said.add(unit.trim().toLowerCase());
  }
  return said.size >= 2;
}
