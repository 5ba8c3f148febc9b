/** The plan of a compose run as the card edits it. Everything that the card does not show stays as it came. Pure. */
export interface PlanItem {
  topic: string;
  title: string;
  kind: string;
  [more: string]: unknown;
}

export interface PlanSection {
  section_id: string;
  title: string;
  items: PlanItem[];
  [more: string]: unknown;
}

export interface Plan {
  sections: PlanSection[];
  notes: string[];
  [more: string]: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const records = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function planOf(value: Record<string, unknown>): Plan {
  return {
    ...value,
    notes: Array.isArray(value["notes"]) ? value["notes"].map(text).filter(Boolean) : [],
    sections: records(value["sections"]).map((section) => ({
      ...section,
      section_id: text(section["section_id"]),
      title: text(section["title"]),
      items: records(section["items"]).map((item) => ({
        ...item,
        topic: text(item["topic"]),
        title: text(item["title"]),
        kind: text(item["kind"]) || "words",
      })),
    })),
  };
}

export function withItems(plan: Plan, sectionId: string, change: (items: PlanItem[]) => PlanItem[]): Plan {
  return {
    ...plan,
    sections: plan.sections.map((section) =>
      section.section_id === sectionId ? { ...section, items: change(section.items) } : section,
    ),
  };
}

export function moved(items: readonly PlanItem[], at: number, by: number): PlanItem[] {
  const [item, to] = [items[at], at + by];
  if (!item || to < 0 || to >= items.length) return [...items];
  const rest = items.filter((_, index) => index !== at);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export function added(items: readonly PlanItem[], title: string): PlanItem[] {
  const topics = new Set(items.map(({ topic }) => topic));
  let number = items.length + 1;
  while (topics.has(`added-${number}`)) number += 1;
  return [...items, { topic: `added-${number}`, title, kind: "words", figures: [], needs_coder: false }];
}
