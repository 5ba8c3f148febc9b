/** Kinds of what a book is about, for people. */
import {
  IconBuilding,
  IconPackage,
  IconShoppingCart,
  IconUser,
  IconWorld,
  type TablerIcon,
} from "@tabler/icons-react";

import type { components } from "~/api/schema";

export type Graph = components["schemas"]["KnowledgeGraph"];
export type Entity = components["schemas"]["Entity"];
export type Relationship = components["schemas"]["Relationship"];
export type EntityKind = Entity["kind"];
export type Strength = Relationship["strength"];
export type Suggestions = components["schemas"]["GraphSuggestions"];

export const KINDS: readonly EntityKind[] = ["company", "person", "product", "market", "customer"];

export const KIND_NAMES: Record<EntityKind, string> = {
  company: "Company",
  person: "Person",
  product: "Product",
  market: "Market",
  customer: "Customer",
};

export const KIND_PLURALS: Record<EntityKind, string> = {
  company: "Companies",
  person: "People",
  product: "Products",
  market: "Markets",
  customer: "Customers",
};

export const KIND_ICONS: Record<EntityKind, TablerIcon> = {
  company: IconBuilding,
  person: IconUser,
  product: IconPackage,
  market: IconWorld,
  customer: IconShoppingCart,
};

export const STRENGTHS: readonly Strength[] = ["weak", "medium", "strong"];

/** `competes_with` is "competes with". */
export function inWords(kind: string): string {
  return kind.replaceAll("_", " ");
}

/** What a person typed, as the API takes it; null where nothing is left. */
export function asKind(words: string): string | null {
  const kind = words
    .trim()
    .toLowerCase()
    .replace(/[^a-z]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
  return kind || null;
}

/** Verbs that are offered; any other may be typed. */
export const USUAL_VERBS = [
  "sells",
  "competes with",
  "supplies",
  "buys",
  "employs",
  "owns",
  "operates in",
  "sold in",
  "partners with",
  "responsible for",
];
