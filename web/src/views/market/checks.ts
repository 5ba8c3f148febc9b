/** Whether a table of the market is consistent: in itself, and with the facts of the documents. Pure. */
import type { Fact, SourceReference } from "~/api/types";
import { digitsOf } from "~/book/slide/figures";

import type { Entity } from "../map/kinds";
import { cellOf, type Column, TABS, type Tab } from "./tabs";

export interface Remark {
  key: string;
  /** The row that it is about; absent: the whole table. */
  entityId?: string;
  column?: string;
  words: string;
  place?: SourceReference;
  figure?: string;
}

const NEAR = 1;
const DATE = /^(?:FY|CY|Q[1-4] |H[12] )?(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?E?$/;

export function numberIn(text: string): number | null {
  const plain = text.trim().replace(/[\s,]/g, "").replace("−", "-").replace(/%$/, "");
  return /^[-+]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

export function isDate(text: string): boolean {
  const day = text.trim();
  if (!DATE.test(day)) return false;
  // The 31st of a month that has none is no date.
  return !/^\d{4}-\d\d-\d\d$/.test(day) || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

export function remarksOn(tab: Tab, rows: readonly Entity[], facts: readonly Fact[]): Remark[] {
  const { columns } = TABS[tab];
  return [
    ...rows.flatMap((row) => columns.flatMap((column) => cellRemarks(row, column))),
    ...sameNames(rows),
    ...oneOfAKind(rows, columns, "Unit"),
    ...oneOfAKind(rows, columns, "Period"),
    ...shares(rows, columns),
    ...(columns.some(({ name }) => name === "Net sales") ? againstFacts(rows, facts) : []),
  ];
}

function cellRemarks(row: Entity, { name, is }: Column): Remark[] {
  const text = cellOf(row, name);
  if (!text.trim()) return [];
  const about = { key: `${row.id} ${name}`, entityId: row.id, column: name };
  if (is === "date" && !isDate(text))
    return [
      { ...about, words: `${row.name}: “${text}” is no date. Write 2024-07-01, 2024-07, 2024 or FY2024.` },
    ];
  if (is !== "number" && is !== "share") return [];
  const value = numberIn(text);
  if (value === null) return [{ ...about, words: `${row.name}: ${name} is “${text}”, which is no number.` }];
  if (is === "share" && (value < 0 || value > 100))
    return [{ ...about, words: `${row.name}: a share of ${text}% is not possible.` }];
  return [];
}

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\d]+/gu, "");

function sameNames(rows: readonly Entity[]): Remark[] {
  return rows.flatMap((row, at) => {
    const other = rows.slice(0, at).find(({ name }) => plain(name) === plain(row.name));
    return other
      ? [
          {
            key: `twice ${row.id}`,
            entityId: row.id,
            words: `${row.name} and ${other.name} look like the same.`,
          },
        ]
      : [];
  });
}

function oneOfAKind(rows: readonly Entity[], columns: readonly Column[], name: string): Remark[] {
  if (!columns.some((column) => column.name === name)) return [];
  const said = [...new Set(rows.map((row) => cellOf(row, name).trim()).filter(Boolean))];
  return said.length > 1
    ? [
        {
          key: name,
          column: name,
          words: `${name} differs: ${said.join(", ")}. Rows can only be compared in one.`,
        },
      ]
    : [];
}

/** Shares add up to no more than the whole, and are what the sizes say. */
function shares(rows: readonly Entity[], columns: readonly Column[]): Remark[] {
  if (!columns.some(({ is }) => is === "share")) return [];
  const read = rows.map((row) => ({
    row,
    share: numberIn(cellOf(row, "Share, %")),
    size: numberIn(cellOf(row, "Net sales")),
  }));
  const sum = read.reduce((total, { share }) => total + (share ?? 0), 0);
  const remarks: Remark[] = [];
  if (sum > 100 + NEAR)
    remarks.push({
      key: "sum",
      column: "Share, %",
      words: `Shares add up to ${rounded(sum)}%, more than the whole.`,
    });
  const isComplete = read.length > 1 && read.every(({ share, size }) => share !== null && size !== null);
  if (!isComplete) return remarks;
  if (sum < 100 - NEAR)
    remarks.push({
      key: "sum",
      column: "Share, %",
      words: `Shares add up to ${rounded(sum)}%, less than the whole.`,
    });
  const total = read.reduce((all, { size }) => all + (size ?? 0), 0);
  for (const { row, share, size } of read) {
    const expected = (100 * (size ?? 0)) / total;
    if (Math.abs(expected - (share ?? 0)) > NEAR)
      remarks.push({
        key: `share ${row.id}`,
        entityId: row.id,
        column: "Share, %",
        words: `${row.name}: a share of ${share ?? 0}%, but its net sales are ${rounded(expected)}% of the sum.`,
      });
  }
  return remarks;
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

/** Figures that the documents give otherwise for the same thing in the same period. */
function againstFacts(rows: readonly Entity[], facts: readonly Fact[]): Remark[] {
  return rows.flatMap((row) => {
    const value = numberIn(cellOf(row, "Net sales"));
    const period = cellOf(row, "Period").trim();
    if (value === null || !period) return [];
    const names = [row.name, ...row.aliases].map((name) => name.toLowerCase());
    const about = facts.filter(
      (fact) =>
        fact.metric.toLowerCase() === "net sales" &&
        names.includes(fact.entity.toLowerCase()) &&
        fact.period.toLowerCase() === period.toLowerCase() &&
        fact.value !== null &&
        isSameUnit(fact.unit, cellOf(row, "Unit")),
    );
    const [other] = about;
    if (!other || about.some((fact) => fact.value === value)) return [];
    const figure = String(other.value ?? "");
    return [
      {
        key: `fact ${row.id}`,
        entityId: row.id,
        column: "Net sales",
        words: `${row.name}: ${cellOf(row, "Net sales")} in ${period}, but the documents say ${figure} ${other.unit}`,
        place: other.source,
        figure: digitsOf(figure),
      },
    ];
  });
}

function isSameUnit(one: string, other: string): boolean {
  return !one.trim() || !other.trim() || plain(one) === plain(other);
}
