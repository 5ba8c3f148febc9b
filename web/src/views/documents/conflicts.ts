/** Documents that contradict each other, each value with its places, and the slides that say one of them. Pure. */
import type { Finding, SourceReference } from "~/api/types";
import { digitsOf } from "~/book/slide/figures";

export interface Side {
  /** The figure as this side has it. */
  figure: string;
  places: readonly SourceReference[];
}

export interface Conflict {
  id: string;
  message: string;
  sides: readonly Side[];
  /** The conflict itself, and every figure on a slide that it touches. */
  findings: readonly Finding[];
}

export function conflictsOf(findings: readonly Finding[]): Conflict[] {
  const between = findings.filter(({ kind }) => kind === "source_conflict");
  const onSlides = findings.filter(({ kind }) => kind === "contradicted_figure");
  const taken = new Set<string>();
  const found = between.map((conflict) => {
    const touched = onSlides.filter((finding) => !taken.has(finding.id) && isAbout(finding, conflict));
    for (const { id } of touched) taken.add(id);
    return conflictOf(conflict, touched);
  });
  const alone = new Map<string, Finding[]>();
  for (const finding of onSlides) {
    if (taken.has(finding.id)) continue;
    const key = JSON.stringify(finding.places.map(placeOf));
    alone.set(key, [...(alone.get(key) ?? []), finding]);
  }
  return [...found, ...[...alone.values()].map(([first, ...rest]) => conflictOf(first as Finding, rest))];
}

function conflictOf(first: Finding, others: readonly Finding[]): Conflict {
  return {
    id: first.id,
    message: first.message,
    sides: sidesOf(first),
    findings: [first, ...others],
  };
}

const placeOf = ({ source_id, passage_id, locator }: SourceReference): string =>
  `${source_id}/${passage_id ?? ""}/${locator}`;

function isAbout(finding: Finding, conflict: Finding): boolean {
  const places = new Set(conflict.places.map(placeOf));
  const own = finding.places.map(placeOf);
  return own.length > 1 && own.every((place) => places.has(place));
}

/** "53.4% / 51.4%": each place belongs to the figure that its words have; without figures each place is a side. */
function sidesOf({ figure, places }: Finding): Side[] {
  const figures = figure.split(" / ");
  const isSaid = (ref: SourceReference, wanted: string): boolean =>
    [...(ref.quote ?? "").matchAll(/\d[\d,.]*/g)].some(([number]) => digitsOf(number) === digitsOf(wanted));
  const sides = figures.map((wanted) => ({
    figure: wanted,
    places: places.filter((ref) => isSaid(ref, wanted)),
  }));
  const isClear = figures.length > 1 && sides.every((side) => side.places.length > 0);
  if (isClear) return sides;
  return places.map((ref) => ({ figure: isSaid(ref, figure) ? figure : "", places: [ref] }));
}

/** Those that a person has not settled yet. */
export function openOf({ findings }: Conflict): Finding[] {
  return findings.filter(({ accepted }) => accepted == null);
}
