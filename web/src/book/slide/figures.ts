/** Figures as they are printed, and where they stand in a text. Pure; the same rules as in the export. */
const MAX_DECIMALS = 4;
const PERIOD = /\b(FY|CY|Q[1-4]|H[12]|LTM|NTM)?\s?'?(19|20)?\d\d[AEFB]?$/i;
const FIGURE_TEXT = /^[(+\-−–]?\s?[$€£]?\s?\d[\d., \u00a0]*\s?(%|x|pp|bn|m)?\)?$/;
const YEARLIKE = /\b(years?|founded|since|established)\b/i;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const MAX_MARKS = 16;
export const NBSP = "\u00a0";
export const NOTHING = "–";

export function isPeriod(text: string): boolean {
  return PERIOD.test(text.trim());
}

export function isFigureText(text: string): boolean {
  return FIGURE_TEXT.test(text.trim());
}

/** How many decimals the value has as written. */
export function decimalsOf(value: number): number {
  const written = String(value);
  if (written.includes("e")) return written.includes("e-") ? MAX_DECIMALS : 0;
  return Math.min((written.split(".")[1] ?? "").length, MAX_DECIMALS);
}

/** The value with thousands separators; years (by their context) without. */
export function figure(value: number, decimals?: number, context = ""): string {
  if (Math.abs(value) >= 1e15) return value.toPrecision(6);
  const places = decimals ?? decimalsOf(value);
  if (places === 0 && value >= 1000 && value <= 2999 && YEARLIKE.test(context)) return value.toFixed(0);
  const shown = value.toLocaleString("en-US", {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
  const isZero = !/[1-9]/.test(shown);
  if (value !== 0 && isZero) return value.toPrecision(2);
  return isZero ? shown.replace(/^-/, "") : shown;
}

/** The figure and what stands beside it; percent and multiples join the figure. */
export function withUnit(shown: string, unit: string): [shown: string, unit: string] {
  switch (unit.trim().toLowerCase()) {
    case "percent":
    case "%":
    case "per cent":
      return [`${shown}%`, ""];
    case "x":
    case "times":
      return [`${shown}x`, ""];
    default:
      return [shown, unit];
  }
}

const raised = (number: number): string =>
  String(number).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? "");

/** Source markers: `¹ ² ⁵–⁸`. */
export function superscript(numbers: readonly number[]): string {
  const ordered = [...new Set(numbers)].sort((one, other) => one - other);
  const parts: string[] = [];
  for (let start = 0; start < ordered.length;) {
    let end = start;
    while (ordered[end + 1] === (ordered[end] ?? NaN) + 1) end += 1;
    const run = ordered.slice(start, end + 1);
    if (run.length >= 3) parts.push(`${raised(run[0] ?? 0)}–${raised(run.at(-1) ?? 0)}`);
    else parts.push(...run.map(raised));
    start = end + 1;
  }
  return (parts.length > MAX_MARKS ? [...parts.slice(0, MAX_MARKS - 1), "…"] : parts).join(NBSP);
}

export interface Piece {
  text: string;
  isFigure: boolean;
}

// A figure with its currency and unit; not the digits of a name, a period or a list number.
const FIGURE =
  /(?<![\p{L}\d.,_]|[\p{L}]-)[(]?[-−–+]?(?:US)?[$€£]?\s?\d(?:[\d,.]*\d)?(?:\s?(?:%|percent\b|per cent\b|bn\b|million\b|billion\b|thousand\b|trillion\b|pp\b|x\b|m\b))?(?![\p{L}\d])/giu;
const YEAR = /^\(?[-–]?(?:19|20)\d\d$/;

/** A text cut into figures and what stands between them. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(FIGURE)) {
    const shown = found[0];
    if (YEAR.test(shown.trim())) continue;
    const lead = shown.length - shown.trimStart().length;
    const start = found.index + lead;
    if (start > from) pieces.push({ text: text.slice(from, start), isFigure: false });
    pieces.push({ text: shown.trimStart(), isFigure: true });
    from = found.index + shown.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isFigure: false });
  return pieces;
}

/** The bare digits of a figure, to compare it with a quote: "$1,250 million" is "1250". */
export function digitsOf(shown: string): string {
  return (/\d[\d,.]*/.exec(shown)?.[0] ?? "").replaceAll(",", "").replace(/\.$/, "");
}

/** What a person typed into a cell: a number where it reads as one. */
export function cellFrom(typed: string): string | number | null {
  const text = typed.trim();
  if (text === "") return null;
  return /^[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/.test(text)
    ? Number(text.replaceAll(",", "").replace("−", "-"))
    : typed;
}
