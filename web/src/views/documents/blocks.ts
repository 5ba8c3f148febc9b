/** A document's passages as they are read: running text, and rows of one table below each other. Pure. */
import type { SourcePassage } from "~/api/types";

export interface Row {
  passage: SourcePassage;
  cells: readonly string[];
}

export type Block =
  | { is: "heading"; key: string; text: string }
  | { is: "text"; key: string; passage: SourcePassage; lines: readonly string[] }
  | { is: "table"; key: string; caption: string; columns: readonly string[]; rows: readonly Row[] };

interface Tabular {
  caption: string;
  columns: readonly string[];
  cells: readonly string[];
}

const LEAST_COLUMNS = 2;
const CELL = /^([^:]{1,120}): (.*)$/s;

/** "Net sales; FY2023: 537.3; FY2024: 590.6", perhaps below a line that names the table. */
function tabular(text: string): Tabular | null {
  const lines = text.split("\n");
  const [last, caption] = [lines.at(-1) ?? "", lines.slice(0, -1).join(" ")];
  const [label, ...rest] = last.split("; ");
  if (!label || rest.length < LEAST_COLUMNS || lines.length > 2) return null;
  const columns: string[] = [];
  const cells: string[] = [label];
  for (const part of rest) {
    const found = CELL.exec(part);
    if (found) {
      columns.push(found[1] ?? "");
      cells.push(found[2] ?? "");
    } else if (columns.length) {
      // A semicolon within a cell.
      cells[cells.length - 1] = `${cells.at(-1) ?? ""}; ${part}`;
    } else return null;
  }
  return columns.length < LEAST_COLUMNS ? null : { caption, columns, cells };
}

export function blocksOf(passages: readonly SourcePassage[]): Block[] {
  const blocks: Block[] = [];
  let heading = "";
  for (const passage of passages) {
    const key = passage.passage_id;
    if (passage.heading && passage.heading !== heading) {
      heading = passage.heading;
      blocks.push({ is: "heading", key: `heading-${key}`, text: heading });
    }
    const read = tabular(passage.text);
    const last = blocks.at(-1);
    if (!read) {
      const lines = passage.text.split("\n").filter((line) => line.trim() !== "" && line !== heading);
      blocks.push({ is: "text", key, passage, lines });
    } else if (last?.is === "table" && sameColumns(last.columns, read.columns)) {
      blocks[blocks.length - 1] = { ...last, rows: [...last.rows, { passage, cells: read.cells }] };
    } else {
      const { caption, columns, cells } = read;
      blocks.push({ is: "table", key, caption, columns, rows: [{ passage, cells }] });
    }
  }
  return blocks;
}

function sameColumns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
