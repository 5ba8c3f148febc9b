/** Two texts word by word: what stayed, what came, what went. Pure. */
export interface DiffPart {
  text: string;
  is: "same" | "added" | "removed";
}

const MOST_WORDS = 1_500;

export function wordDiff(before: string, after: string): DiffPart[] {
  const words = (text: string): string[] => text.match(/\s+|\S+/g) ?? [];
  const [one, other] = [words(before), words(after)];
  if (one.length > MOST_WORDS || other.length > MOST_WORDS)
    return joined([
      { text: before, is: "removed" },
      { text: after, is: "added" },
    ]);
  const lengths = commonLengths(one, other);
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      parts.push({ text: one[i] ?? "", is: "same" });
      i += 1;
      j += 1;
    } else if (
      j >= other.length ||
      (i < one.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      parts.push({ text: one[i] ?? "", is: "removed" });
      i += 1;
    } else {
      parts.push({ text: other[j] ?? "", is: "added" });
      j += 1;
    }
  }
  return joined(parts);
}

/** How many words the rests of both have in common, by where the rests begin. */
function commonLengths(one: readonly string[], other: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    const [row, below] = [lengths[i], lengths[i + 1]];
    if (!row || !below) continue;
    for (let j = other.length - 1; j >= 0; j -= 1)
      row[j] = one[i] === other[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
  }
  return lengths;
}

/** Neighbours of one kind together, over spaces too; what went stands before what came. */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = [];
  let [removed, added] = ["", ""];
  const flush = (): void => {
    if (removed) result.push({ text: removed, is: "removed" });
    if (added) result.push({ text: added, is: "added" });
    [removed, added] = ["", ""];
  };
  for (const [at, { text, is }] of parts.entries()) {
    const isBridge = is === "same" && (removed || added) && text.trim() === "" && isChange(parts[at + 1]);
    if (is === "removed" || isBridge) removed += text;
    if (is === "added" || isBridge) added += text;
    if (is === "same" && !isBridge) {
      flush();
      const last = result.at(-1);
      if (last?.is === "same") last.text += text;
      else result.push({ text, is });
    }
  }
  flush();
  return result;
}

function isChange(part: DiffPart | undefined): boolean {
  return part !== undefined && part.is !== "same";
}
