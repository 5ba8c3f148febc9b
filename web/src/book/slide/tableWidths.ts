/** How wide the columns of a table are, as shares of it: the rules of the export, with letters of average width. Pure. */
const SIZE = 12.5;
const LETTER = 0.49;
const PAD = 14.5;
const ROOM = 864;
const NATURAL_CAP = 420;
const WORD_CAP = 120;
const FIGURE_CAP = 150;

const widthOf = (text: string): number => text.length * SIZE * LETTER;
const sum = (numbers: readonly number[]): number => numbers.reduce((before, each) => before + each, 0);

/** In percent, for the texts of each column, its heading first. */
export function shares(texts: readonly (readonly string[])[], numeric: readonly boolean[]): number[] {
  const widest = (of: (text: string) => number, cap: number): number[] =>
    texts.map((column) => Math.max(...column.map((text) => Math.min(of(text), cap)), 0) + PAD);
  const natural = widest(widthOf, NATURAL_CAP);
  const least = widest((text) => Math.max(...text.split(/\s+/).map(widthOf)), WORD_CAP);
  const wide = fitted(natural, least, numeric);
  return wide.map((each) => Math.round((each * 10_000) / sum(wide)) / 100);
}

function fitted(natural: number[], least: number[], numeric: readonly boolean[]): number[] {
  if (sum(least) >= ROOM) return least;
  if (sum(natural) < ROOM) return spread(natural, numeric);
  const share = (ROOM - sum(least)) / (sum(natural) - sum(least));
  return least.map((low, at) => low + ((natural[at] ?? low) - low) * share);
}

/** More room than needed: columns of figures equally wide, the rest to the columns of text. */
function spread(natural: number[], numeric: readonly boolean[]): number[] {
  const isFigure = (_: number, at: number): boolean => numeric[at] === true;
  const figures = natural.filter(isFigure);
  const texts = natural.filter((_, at) => !numeric[at]);
  const widest = Math.max(0, ...figures);
  const textRoom = Math.max(sum(texts), texts.length ? 0.3 * ROOM : 0);
  const room = (ROOM - textRoom) / Math.max(figures.length, 1);
  const hasRoom = figures.length > 0 && textRoom + widest * figures.length <= ROOM;
  const each = texts.length ? Math.max(Math.min(room, FIGURE_CAP), widest) : room;
  const wide = natural.map((own, at) => (numeric[at] && hasRoom ? each : own));
  const takes = (at: number): boolean => texts.length === 0 || !numeric[at];
  const weight = sum(wide.filter((_, at) => takes(at)));
  const spare = ROOM - sum(wide);
  return wide.map((own, at) => (takes(at) ? own + (spare * own) / weight : own));
}
