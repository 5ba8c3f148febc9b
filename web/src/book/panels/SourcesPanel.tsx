import { Anchor, Text } from "@mantine/core";

import type { Slide } from "~/api/types";

import { referencesOf } from "../slide/anchors";
import { useSurroundings } from "../slide/slideContext";
import classes from "./Panels.module.css";

/** Every place in the documents that the slide rests on, under the number that it has in the book. */
export function SourcesPanel({ slide }: { slide: Slide }) {
  const { citations, passageHref, openPassage } = useSurroundings();
  const byNumber = new Map(referencesOf(slide).map((ref) => [citations.numberOf(ref), ref]));
  const refs = [...byNumber].sort(([one], [other]) => one - other);
  if (refs.length === 0)
    return (
      <div className={classes["panel"]}>
        <Text c="dimmed">
          Nothing on this slide names a source yet. The AI can find one in the documents.
        </Text>
      </div>
    );
  return (
    <div className={classes["panel"]}>
      <ol className={classes["list"]}>
        {refs.map(([number, ref]) => (
          <li key={number} className={classes["row"]}>
            <span className={classes["number"]}>{number}</span>
            <div>
              <Anchor
                href={passageHref(ref)}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey) return;
                  event.preventDefault();
                  openPassage(ref);
                }}
              >
                {citations.documentOf(ref)}, {ref.locator}
              </Anchor>
              {ref.quote && (
                <Text size="xs" c="dimmed">
                  “{ref.quote}”
                </Text>
              )}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
