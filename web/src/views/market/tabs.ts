/** The five tables of the market, and how their rows are kept: as entities of the book with attributes. Pure. */
import type { Entity, EntityKind } from "../map/kinds";

export type Tab = "segments" | "competitors" | "regulation" | "geography" | "timeline";

export interface Column {
  /** Under this name it is an attribute of the entity. */
  name: string;
  is: "text" | "number" | "share" | "date";
  example: string;
}

export interface Table {
  title: string;
  kind: EntityKind;
  /** What one row is. */
  row: string;
  columns: readonly Column[];
  lead: string;
  example: string;
}

const SIZE: readonly Column[] = [
  { name: "Net sales", is: "number", example: "281.9" },
  { name: "Unit", is: "text", example: "USD million" },
  { name: "Period", is: "date", example: "FY2024" },
  { name: "Share, %", is: "share", example: "48" },
  { name: "Growth, %", is: "number", example: "6" },
];

export const TABS: Record<Tab, Table> = {
  segments: {
    title: "Segments",
    kind: "market",
    row: "segment",
    columns: SIZE,
    lead: "What the market, or the company's sales, divide into.",
    example: "Maintenance products: 557.0 USD million, FY2024, 94%",
  },
  competitors: {
    title: "Competitors",
    kind: "company",
    row: "competitor",
    columns: [
      { name: "Share, %", is: "share", example: "12" },
      { name: "Period", is: "date", example: "FY2024" },
      { name: "Strength", is: "text", example: "Local distribution" },
      { name: "Weakness", is: "text", example: "Known in one region" },
    ],
    lead: "Who else sells to these customers, and what each is good at.",
    example: "Regional lubricant brands: strong in local distribution",
  },
  regulation: {
    title: "Regulation",
    kind: "market",
    row: "rule",
    columns: [
      { name: "Region", is: "text", example: "European Union" },
      { name: "In force", is: "date", example: "2024-07-01" },
      { name: "Effect", is: "text", example: "Less solvent in aerosols" },
    ],
    lead: "Rules that move the market, where and from when.",
    example: "Limits on volatile compounds, European Union, in force 2024-07-01",
  },
  geography: {
    title: "Geography",
    kind: "market",
    row: "region",
    columns: SIZE,
    lead: "Where the sales are made, and where they grow.",
    example: "Americas: 281.9 USD million, FY2024, 48%",
  },
  timeline: {
    title: "Timeline",
    kind: "market",
    row: "event",
    columns: [
      { name: "Date", is: "date", example: "2023-10" },
      { name: "Effect", is: "text", example: "Prices up by 4%" },
    ],
    lead: "What happened in the market, and what is coming.",
    example: "2023-10: price increases worked through",
  },
};

export const TAB_NAMES = Object.keys(TABS) as readonly Tab[];

/** The attribute that says in which tables an entity is a row. */
const LISTED = "Market builder";

export function tabsOf({ attributes }: Pick<Entity, "attributes">): Tab[] {
  const listed = (attributes?.[LISTED] ?? "").split(",").map((one) => one.trim());
  return TAB_NAMES.filter((tab) => listed.includes(tab));
}

export function listedIn(entities: readonly Entity[], tab: Tab): Entity[] {
  const rows = entities.filter((entity) => entity.kind === TABS[tab].kind && tabsOf(entity).includes(tab));
  if (tab !== "timeline") return rows;
  return rows.toSorted((one, other) => (cellOf(one, "Date") < cellOf(other, "Date") ? -1 : 1));
}

export function withTabs(entity: Entity, tabs: readonly Tab[]): Record<string, string> {
  const others = Object.entries(entity.attributes ?? {}).filter(([name]) => name !== LISTED);
  return Object.fromEntries(tabs.length ? [...others, [LISTED, tabs.join(", ")]] : others);
}

export function newAttributes(tab: Tab): Record<string, string> {
  return { [LISTED]: tab };
}

export function cellOf({ attributes }: Pick<Entity, "attributes">, column: string): string {
  return attributes?.[column] ?? "";
}

/** Rules and events are no places that somebody is related to. */
export function isOnlyHere(entity: Entity): boolean {
  const tabs = tabsOf(entity);
  return tabs.length > 0 && tabs.every((tab) => tab === "regulation" || tab === "timeline");
}

/** What is sent to change an entity, as it is. */
export function bodyOf({ kind, name, description, aliases, attributes, sources }: Entity) {
  return { kind, name, description, aliases, attributes: attributes ?? {}, sources };
}
