/** The little of Markdown that answers use, as data. Nothing of it is ever HTML. Pure. */
export type Inline =
  | { is: "text"; text: string }
  | { is: "strong" | "emphasis"; parts: Inline[] }
  | { is: "code"; text: string }
  | { is: "cite"; ref: string }
  | { is: "link"; text: string; href: string };

export type Block =
  | { is: "paragraph"; lines: Inline[][] }
  | { is: "heading"; parts: Inline[] }
  | { is: "list"; ordered: boolean; start: number; items: Inline[][] }
  | { is: "table"; head: Inline[][]; rows: Inline[][][] }
  | { is: "code"; text: string };

const FENCE = /^```/;
const HEADING = /^#{1,6}\s+(.*)$/;
const BULLET = /^\s*[-*•]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(.*)$/;
const RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const INLINE =
  /\[([FP]\d+)\]|`([^`\n]+)`|\*\*(.+?)\*\*|(?<![\w*])\*(?!\s)([^*\n]+?)\*(?![\w*])|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/g;

export function inlines(text: string): Inline[] {
  const parts: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push({ is: "text", text: text.slice(at, match.index) });
    at = match.index + match[0].length;
    const [, ref, code, strong, emphasis, label, href] = match;
    if (ref !== undefined) parts.push({ is: "cite", ref });
    else if (code !== undefined) parts.push({ is: "code", text: code });
    else if (strong !== undefined) parts.push({ is: "strong", parts: inlines(strong) });
    else if (emphasis !== undefined) parts.push({ is: "emphasis", parts: inlines(emphasis) });
    else if (label !== undefined && href !== undefined) parts.push({ is: "link", text: label, href });
  }
  if (at < text.length) parts.push({ is: "text", text: text.slice(at) });
  return parts;
}

const cells = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => inlines(cell.trim()));

export function blocks(text: string): Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const found: Block[] = [];
  let at = 0;
  const here = (): string => lines[at] ?? "";
  while (at < lines.length) {
    const line = here();
    if (line.trim() === "") {
      at += 1;
    } else if (FENCE.test(line)) {
      const kept: string[] = [];
      for (at += 1; at < lines.length && !FENCE.test(here()); at += 1) kept.push(here());
      at += 1;
      found.push({ is: "code", text: kept.join("\n") });
    } else if (HEADING.test(line)) {
      found.push({ is: "heading", parts: inlines(HEADING.exec(line)?.[1] ?? "") });
      at += 1;
    } else if (line.includes("|") && RULE.test(lines[at + 1] ?? "")) {
      const head = cells(line);
      const rows: Inline[][][] = [];
      for (at += 2; at < lines.length && here().includes("|"); at += 1) rows.push(cells(here()));
      found.push({ is: "table", head, rows });
    } else if (BULLET.test(line) || NUMBER.test(line)) {
      const ordered = !BULLET.test(line);
      const pattern = ordered ? NUMBER : BULLET;
      const start = ordered ? Number(NUMBER.exec(line)?.[1] ?? 1) : 1;
      const items: Inline[][] = [];
      for (; at < lines.length && pattern.test(here()); at += 1)
        items.push(inlines(pattern.exec(here())?.[ordered ? 2 : 1] ?? ""));
      found.push({ is: "list", ordered, start, items });
    } else {
      const kept: Inline[][] = [];
      do {
        kept.push(inlines(here()));
        at += 1;
      } while (at < lines.length && !startsOther(here()));
      found.push({ is: "paragraph", lines: kept });
    }
  }
  return found;
}

const startsOther = (line: string): boolean =>
  line.trim() === "" || [FENCE, HEADING, BULLET, NUMBER].some((pattern) => pattern.test(line));

/** A text cut so that each figure without a source stands alone. Pure. */
export function marked(text: string, figures: readonly string[]): { text: string; isMarked: boolean }[] {
  const wanted = figures.filter(Boolean).sort((one, other) => other.length - one.length);
  if (wanted.length === 0) return [{ text, isMarked: false }];
  const escaped = wanted.map((figure) => figure.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const known = new Set(wanted);
  return text
    .split(new RegExp(`(${escaped.join("|")})`))
    .filter(Boolean)
    .map((part) => ({ text: part, isMarked: known.has(part) }));
}
