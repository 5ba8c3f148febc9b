/** What differs between two versions of a slide, part by part, as words. Pure. */
import { textOf } from "../edit/merge";
import type { SlideBody } from "../slide/slideBody";

export interface SlideChange {
  what: string;
  before: string;
  after: string;
}

export function slideChanges(before: SlideBody, after: SlideBody): SlideChange[] {
  const ids = [...new Set([...before.components, ...after.components].map(({ id }) => id))];
  const parts: SlideChange[] = [
    { what: "Title", before: before.title, after: after.title },
    { what: "Layout", before: before.layout_type, after: after.layout_type },
    ...ids.map((id) => {
      const [one, other] = [before, after].map(({ components }) => components.find((each) => each.id === id));
      const type = (other ?? one)?.type ?? "part";
      return {
        what: type.slice(0, 1).toUpperCase() + type.slice(1),
        before: textOf(one),
        after: textOf(other),
      };
    }),
    { what: "Notes", before: before.notes, after: after.notes },
    { what: "Sources", before: sourcesOf(before), after: sourcesOf(after) },
  ];
  return parts.filter((part) => part.before !== part.after);
}

function sourcesOf({ sources, components }: SlideBody): string {
  const all = [...sources, ...components.flatMap((component) => component.sources)];
  return [...new Set(all.map(({ locator, quote }) => (quote ? `${locator}: ${quote}` : locator)))].join("\n");
}
