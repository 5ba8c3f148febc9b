/** How wide the columns of a table are, as shares of it: the rules of the export. Pure. */
import { type Face, widthOf } from "./letters";

const SIZE = 12.5;
const PAD = 7;
const NATURAL_CAP = 420;
const WORD_CAP = 120;
const FIGURE_CAP = 150;

const sum = (numbers: readonly number[]): number => numbers.reduce((before, each) => before + each, 0);

/** How much the marks of figures take at their right, in points. */
function slotOf(marks: readonly string[], size: number): number {
  return Math.min(Math.max(0, ...marks.map((each) => widthOf(each, size) + 2)), 60);
}

export interface Columns {
  /** The texts of each column, its heading first. */
  texts: readonly (readonly string[])[];
  numeric: readonly boolean[];
  /** Of the figures. */
  marks: readonly string[];
  /** For the table, in points. */
  room: number;
}

/** In percent, at a scale of the slide. */
export function shares({ texts, numeric, marks, room }: Columns, scale: number): number[] {
  const size = Math.round(SIZE * scale * 10) / 10;
  const slot = slotOf(marks, size);
  const widest = (of: (text: string, face: Face) => number, cap: number): number[] =>
    texts.map((column, at) => {
      const wide = column.map((text, row) => Math.min(of(text, row === 0 ? "sans_bold" : "sans"), cap));
      return Math.max(...wide, 0) + (at === 0 ? PAD : 2 * PAD) + (numeric[at] ? slot : 0) + 0.5;
    });
  const natural = widest((text, face) => widthOf(text, size, face), NATURAL_CAP);
  const least = widest(
    (text, face) => Math.max(...text.split(/\s+/).map((word) => widthOf(word, size, face))),
    WORD_CAP,
  );
  const wide = fitted(natural, least, numeric, room);
  return wide.map((each) => Math.round((each * 10_000) / sum(wide)) / 100);
}

function fitted(natural: number[], least: number[], numeric: readonly boolean[], room: number): number[] {
  if (sum(least) >= room) return least;
  if (sum(natural) < room) return spread(natural, numeric, room);
  const share = (room - sum(least)) / (sum(natural) - sum(least));
  return least.map((low, at) => low + ((natural[at] ?? low) - low) * share);
}

/** More room than needed: columns of figures equally wide, the rest to the columns of text. */
function spread(natural: number[], numeric: readonly boolean[], room: number): number[] {
  const isFigure = (_: number, at: number): boolean => numeric[at] === true;
  const figures = natural.filter(isFigure);
  const texts = natural.filter((_, at) => !numeric[at]);
  const widest = Math.max(0, ...figures);
  const textRoom = Math.max(sum(texts), texts.length ? 0.3 * room : 0);
  const each = (room - textRoom) / Math.max(figures.length, 1);
  const hasRoom = figures.length > 0 && textRoom + widest * figures.length <= room;
  const even = texts.length ? Math.max(Math.min(each, FIGURE_CAP), widest) : each;
  const wide = natural.map((own, at) => (numeric[at] && hasRoom ? even : own));
  const takes = (at: number): boolean => texts.length === 0 || !numeric[at];
  const weight = sum(wide.filter((_, at) => takes(at)));
  const spare = room - sum(wide);
  return wide.map((own, at) => (takes(at) ? own + (spare * own) / weight : own));
}
