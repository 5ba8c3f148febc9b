/** The facts of the documents: found, sorted, and as a file for a spreadsheet. Pure. */
import type { Fact } from "~/api/types";

export const COLUMNS = [
  { name: "metric", title: "Figure" },
  { name: "entity", title: "Of" },
  { name: "period", title: "Period" },
  { name: "value", title: "Value" },
  { name: "unit", title: "Unit" },
  { name: "basis", title: "Basis" },
  { name: "document", title: "Document" },
] as const;

export type Column = (typeof COLUMNS)[number]["name"];

export interface FactFilter {
  words: string;
  period: string | null;
  sourceId: string | null;
}

export interface Order {
  by: Column;
  descending: boolean;
}

export type NameOfSource = (sourceId: string) => string;

const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

export function titleOf(fact: Fact): string {
  return fact.metric || fact.statement;
}

function textOf(fact: Fact, column: Column, nameOf: NameOfSource): string {
  switch (column) {
    case "metric":
      return titleOf(fact);
    case "document":
      return `${nameOf(fact.source.source_id)} ${fact.source.locator}`;
    case "value":
      return fact.value == null ? "" : String(fact.value);
    default:
      return fact[column];
  }
}

export function found(facts: readonly Fact[], filter: FactFilter, nameOf: NameOfSource): Fact[] {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  return facts.filter((fact) => {
    if (filter.period && fact.period !== filter.period) return false;
    if (filter.sourceId && fact.source.source_id !== filter.sourceId) return false;
    if (words.length === 0) return true;
    const said = `${fact.statement} ${COLUMNS.map(({ name }) => textOf(fact, name, nameOf)).join(" ")}`;
    const text = said.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function sorted(facts: readonly Fact[], { by, descending }: Order, nameOf: NameOfSource): Fact[] {
  const sign = descending ? -1 : 1;
  const inOrder = (one: Fact, other: Fact): number => {
    if (by === "value") {
      if (one.value == null || other.value == null)
        return Number(one.value == null) - Number(other.value == null);
      return sign * (one.value - other.value);
    }
    const [first, second] = [textOf(one, by, nameOf), textOf(other, by, nameOf)];
    // What is not said comes last, whichever way round.
    if (!first || !second) return Number(!first) - Number(!second);
    return sign * compare(first, second);
  };
  return [...facts].sort((one, other) => inOrder(one, other) || compare(titleOf(one), titleOf(other)));
}

export function asCsv(facts: readonly Fact[], nameOf: NameOfSource): string {
  const rows = facts.map((fact) => [
    fact.statement,
    fact.metric,
    fact.entity,
    fact.period,
    fact.value ?? "",
    fact.unit,
    fact.basis,
    nameOf(fact.source.source_id),
    fact.source.locator,
    fact.source.quote ?? "",
  ]);
  const head = [
    "statement",
    "figure",
    "of",
    "period",
    "value",
    "unit",
    "basis",
    "document",
    "place",
    "quote",
  ];
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

/** Quoted; text that a spreadsheet would take for a formula stays text. */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
