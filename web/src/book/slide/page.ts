/** The page of an export: lengths in points on 960 × 540, colours, sizes. The same numbers as in exports/. */
export const PAGE_WIDTH = 960;
/** Of a slide whose words are set in a column for a narrow screen. */
export const REFLOWED_WIDTH = 440;
export const BODY_WIDTH = 864;
export const BODY_HEIGHT = 364;
export const COLUMN_GAP = 36;
/** Of a chart or picture beside words. */
export const BESIDE_SHARE = 0.62;
export const METRIC_GAP = 24;
export const BANNER_ROOM = 34;
/** From large to small; the largest at which everything fits is taken. */
export const SCALES = [1.15, 1.08, 1, 0.94, 0.88, 0.82, 0.76] as const;
/** What does not fit at the smallest goes on on the next page, at this one. */
export const SPLIT_SCALE = 0.88;
export const CHART_SIZE = 11;

export const COLOURS = {
  ink: "#1b1f24",
  muted: "#667080",
  accent: "#1f3f66",
  line: "#c9cfd6",
  faint: "#f3f5f7",
  paper: "#ffffff",
  amber: "#9a5b00",
  amberPaper: "#fff4dc",
} as const;

const SERIES_COLOURS = [
  "#1f3f66",
  "#7f98b5",
  "#b08d57",
  "#5e6b78",
  "#a9b8c9",
  "#3c7a77",
  "#8a5a6b",
  "#c7b48f",
  "#4f5b93",
  "#9aa5a0",
] as const;

export function seriesColour(at: number): string {
  return SERIES_COLOURS[at % SERIES_COLOURS.length] ?? COLOURS.accent;
}

/** Paper on dark fills, ink on light ones. */
export function labelColour(fill: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
  return 0.299 * (red ?? 0) + 0.587 * (green ?? 0) + 0.114 * (blue ?? 0) < 160 ? COLOURS.paper : COLOURS.ink;
}

/** How many pixels a point is on a page that is shown. */
export function unitOf(page: HTMLElement): number {
  return page.clientWidth / Number(page.dataset["units"] ?? PAGE_WIDTH);
}
