/** Values of a change as people read them. Pure. */
export function fieldName(name: string): string {
  const words = name.replaceAll("_", " ").replaceAll(".", " › ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function inLines(value: unknown, depth = 0): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const pad = "  ".repeat(depth);
  if (Array.isArray(value))
    return value
      .map((item) => {
        const said = inLines(item, depth + 1);
        return said.includes("\n") ? `${pad}•\n${said}` : `${pad}• ${said.trim()}`;
      })
      .join("\n");
  return Object.entries(value)
    .map(([name, one]) => {
      const said = inLines(one, depth + 1);
      if (said === "") return "";
      return said.includes("\n")
        ? `${pad}${fieldName(name)}:\n${said}`
        : `${pad}${fieldName(name)}: ${said.trim()}`;
    })
    .filter(Boolean)
    .join("\n");
}

export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

export function changesOf(change: readonly Record<string, unknown>[]): FieldChange[] {
  return change.map(({ field, before, after }) => ({
    field: fieldName(typeof field === "string" ? field : "change"),
    before: inLines(before),
    after: inLines(after),
  }));
}
