/** The numbering of sources over the whole book: one number for one place in one document, in reading order. Pure. */
import type { Slide, Source, SourceReference } from "~/api/types";

import { referencesOf } from "./anchors";
import { superscript } from "./figures";

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

export class Citations {
  private readonly numbers = new Map<string, number>();
  private readonly quotes = new Map<string, string>();
  private readonly names: ReadonlyMap<string, string>;
  /** The same as long as the numbers are the same. */
  readonly signature: string;

  constructor(
    slides: readonly Pick<Slide, "components" | "sources">[],
    sources: readonly Pick<Source, "id" | "name">[],
  ) {
    this.names = new Map(sources.map(({ id, name }) => [id, name]));
    const found = slides.flatMap(referencesOf);
    for (const ref of found) {
      if (!ref.quote) continue;
      const place = this.placeOf(ref);
      if (!this.quotes.has(place)) this.quotes.set(place, oneLine(ref.quote));
    }
    for (const ref of found) {
      const key = this.keyOf(ref);
      if (!this.numbers.has(key)) this.numbers.set(key, this.numbers.size + 1);
    }
    this.signature = JSON.stringify([[...this.numbers.keys()], [...this.names]]);
  }

  private placeOf(ref: SourceReference): string {
    return JSON.stringify([ref.source_id, oneLine(ref.locator)]);
  }

  /** A reference without words counts as the first quote of its place. */
  private keyOf(ref: SourceReference): string {
    const place = this.placeOf(ref);
    return `${place}${oneLine(ref.quote ?? "") || (this.quotes.get(place) ?? "")}`;
  }

  documentOf(ref: SourceReference): string {
    return this.names.get(ref.source_id) ?? "a document that is not in the book any more";
  }

  numberOf(ref: SourceReference): number {
    return this.numbers.get(this.keyOf(ref)) ?? 0;
  }

  marks(refs: readonly SourceReference[]): string {
    return superscript(refs.map((ref) => this.numberOf(ref)).filter(Boolean));
  }

  /** The source line of a slide: documents with the numbers of their places. */
  line(slide: Pick<Slide, "components" | "sources">): string {
    const byDocument = new Map<string, number[]>();
    for (const ref of referencesOf(slide)) {
      const name = this.documentOf(ref);
      byDocument.set(name, [...(byDocument.get(name) ?? []), this.numberOf(ref)]);
    }
    return [...byDocument]
      .sort(([, one], [, other]) => Math.min(...one) - Math.min(...other))
      .map(([name, numbers]) => `${name} ${superscript(numbers)}`)
      .join("; ");
  }
}
