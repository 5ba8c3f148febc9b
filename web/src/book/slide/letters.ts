/** How wide texts are in the typefaces of slides, so that the page breaks and shrinks them where the export does. */
import { useSyncExternalStore } from "react";

export type Face = "serif" | "serif_bold" | "sans" | "sans_bold";

const FACES: Record<Face, string> = {
  serif: '400 100px "Source Serif Pro", Cambria, serif',
  serif_bold: '600 100px "Source Serif Pro", Cambria, serif',
  sans: '400 100px "Source Sans Pro", Calibri, sans-serif',
  sans_bold: '600 100px "Source Sans Pro", Calibri, sans-serif',
};
/** Of its size, where nothing can be measured. */
const LETTER = 0.49;

let pen: CanvasRenderingContext2D | null | undefined;

/** In points. */
export function widthOf(text: string, size: number, face: Face = "sans"): number {
  if (pen === undefined)
    pen = typeof document === "undefined" ? null : document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * size * LETTER;
  pen.font = FACES[face];
  return (pen.measureText(text).width * size) / 100;
}

/** In how many lines a text is set. */
export function linesOf(text: string, room: number, size: number, face: Face): number {
  const blank = widthOf(" ", size, face);
  let lines = 1;
  let used = 0;
  for (const word of text.split(" ")) {
    const wide = widthOf(word, size, face);
    if (used > 0 && used + wide > room) {
      lines += 1;
      used = 0;
    }
    lines += Math.max(Math.ceil(wide / room) - 1, 0);
    used += (wide % room) + blank;
  }
  return lines;
}

/** The largest of these sizes at which a text needs no more than so many lines, otherwise the last one. */
export function fittedSize(
  text: string,
  room: number,
  face: Face,
  sizes: readonly (readonly [size: number, lines: number])[],
): number {
  const fitting = sizes.find(([size, most]) => linesOf(text, room, size, face) <= most);
  return (fitting ?? sizes.at(-1))?.[0] ?? 0;
}

function whenFontsArrive(tell: () => void): () => void {
  document.fonts.addEventListener("loadingdone", tell);
  return () => document.fonts.removeEventListener("loadingdone", tell);
}

const arrived = (): number => [...document.fonts].filter(({ status }) => status === "loaded").length;

/** Draws again once a typeface has arrived: what was measured before is then another width. */
export function useFonts(): void {
  useSyncExternalStore(whenFontsArrive, arrived);
}
