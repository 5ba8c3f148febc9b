/** Whether a text speaks to a point: how much of the point's words it has, rare words counting more. Pure. */
import type { Slide } from "~/api/types";

const COMMON = new Set(
  (
    "about above after again along also although among and another any are around because been before being both but can " +
    "could does down each even every few for from full further had has have how into its itself just less like made main " +
    "make many may more most much must near need new next not now off one only onto other our out over own part per put " +
    "same should since some still such than that the their them then there these they this those through time too toward " +
    "two under until upon very was way well were what when where which while who whom whose why will with within without " +
    "would year years your buyer company business fiscal"
  ).split(" "),
);
const STEM = 6;
const LEAST_SHARED = 0.45;

/** Words by their first letters, so that "growing" and "growth" are near; figures whole. */
export function wordsOf(text: string): Set<string> {
  const found = text.toLowerCase().match(/\d[\d.,]*%?|[\p{L}][\p{L}&'’-]+/gu) ?? [];
  return new Set(
    found
      .filter((word) => (/\d/.test(word) ? word.length > 1 : word.length > 2 && !COMMON.has(word)))
      .map((word) => (/\d/.test(word) ? word.replace(/[.,]+$/, "") : word.slice(0, STEM).replace(/s$/, ""))),
  );
}

export function textOf({ title, components }: Pick<Slide, "title" | "components">): string {
  const said = components.map((component) => {
    switch (component.type) {
      case "text":
      case "quote":
        return component.text;
      case "bullets":
        return component.items.join("\n");
      case "table":
        return [component.columns, ...component.rows].map((row) => row.join(" ")).join("\n");
      case "chart":
        return [...component.categories, ...component.series.map(({ name }) => name)].join(" ");
      case "metric":
        return `${component.label} ${component.value} ${component.unit} ${component.period}`;
      case "image":
        return component.alt;
    }
  });
  return [title, ...said].join("\n");
}

export interface Read {
  slide: Slide;
  words: ReadonlySet<string>;
}

export function read(slides: readonly Slide[]): Read[] {
  return slides.map((slide) => ({ slide, words: wordsOf(textOf(slide)) }));
}

/** The slides that speak to a point, those with most of it first. */
export function speakingTo(point: string, all: readonly Read[]): Slide[] {
  const wanted = [...wordsOf(point)];
  if (wanted.length === 0) return [];
  const weight = new Map(
    wanted.map((word) => {
      const times = all.filter(({ words }) => words.has(word)).length;
      return [word, Math.log(1 + all.length / (1 + times))];
    }),
  );
  const whole = [...weight.values()].reduce((sum, one) => sum + one, 0);
  return all
    .map(({ slide, words }) => {
      const shared = wanted.filter((word) => words.has(word));
      const part = shared.reduce((sum, word) => sum + (weight.get(word) ?? 0), 0) / whole;
      return { slide, part, isEnough: part >= LEAST_SHARED && (shared.length > 1 || wanted.length === 1) };
    })
    .filter(({ isEnough }) => isEnough)
    .sort((one, other) => other.part - one.part)
    .map(({ slide }) => slide);
}
