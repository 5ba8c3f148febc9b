/** Where in a passage the figure or the words stand that a link is about. Pure. */
import { digitsOf } from "~/book/slide/figures";

export interface Marked {
  text: string;
  isMarked: boolean;
}

const NUMBER = /\d[\d,.]*/g;

/** The text cut where the mark stands; in one piece where it does not. */
export function marked(text: string, mark: string | undefined): Marked[] {
  const wanted = mark?.trim();
  if (!wanted) return [{ text, isMarked: false }];
  return cut(text, spansOf(text, wanted));
}

type Span = readonly [from: number, to: number];

function spansOf(text: string, wanted: string): Span[] {
  const words = [...text.matchAll(new RegExp(escaped(wanted), "gi"))].map(spanOf);
  if (words.length) return words;
  // A row of a table is quoted as "gross margin | FY2024 | 53.4%": the figure is its last part.
  const part = wanted.split(/\s[|/]\s|;\s/).at(-1) ?? "";
  const digits = part.length <= 40 ? digitsOf(part) : "";
  if (!digits) return [];
  return [...text.matchAll(NUMBER)].filter(([found]) => digitsOf(found) === digits).map(spanOf);
}

const spanOf = (found: RegExpExecArray): Span => [
  found.index,
  found.index + found[0].replace(/[.,]+$/, "").length,
];

function escaped(words: string): string {
  const literal = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  // A figure is not marked within a longer one.
  return `(?<![\\d.,]|\\d[.,])${literal}${/\d$/.test(words) ? "(?![.,]?\\d)" : ""}`;
}

function cut(text: string, spans: readonly Span[]): Marked[] {
  const pieces: Marked[] = [];
  let from = 0;
  for (const [start, end] of spans) {
    if (start > from) pieces.push({ text: text.slice(from, start), isMarked: false });
    pieces.push({ text: text.slice(start, end), isMarked: true });
    from = end;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), isMarked: false });
  return pieces;
}
