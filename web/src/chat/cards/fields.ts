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

export interface DiffLine {
  is: "same" | "gone" | "come";
  text: string;
}

const MOST_COMPARED = 400;

/** Two values line by line: what stays, what goes, what comes, in an order that people can follow. */
export function linesOf(before: string, after: string): DiffLine[] {
  const old = before === "" ? [] : before.split("\n");
  const fresh = after === "" ? [] : after.split("\n");
  if (old.length > MOST_COMPARED || fresh.length > MOST_COMPARED)
    return [{ is: "gone", text: before } as const, { is: "come", text: after } as const].filter(
      ({ text }) => text !== "",
    );
  // How many lines two ends have in common, from the end on.
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      const row = common[i];
      if (row) row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push({ is: "same", text: old[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= fresh.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ is: "gone", text: old[i] ?? "" });
      i += 1;
    } else {
      lines.push({ is: "come", text: fresh[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}
