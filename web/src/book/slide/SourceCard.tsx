import { Anchor, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconFileText } from "@tabler/icons-react";

import type { Finding, SourceReference } from "~/api/types";

import classes from "./SourceCard.module.css";
import { useSurroundings } from "./slideContext";

const MOST_SHOWN = 4;

interface SourceCardProps {
  figure?: string;
  refs: readonly SourceReference[];
  finding?: Finding | undefined;
}

/** Where a figure comes from: document, place and words, each a way to the passage. */
export function SourceCard({ figure, refs, finding }: SourceCardProps) {
  const { citations, passageHref, openPassage } = useSurroundings();
  return (
    <Stack gap={8}>
      {finding && (
        <div className={classes["finding"]}>
          <IconAlertTriangle size={14} aria-hidden />
          <Text size="xs">{finding.message}</Text>
        </div>
      )}
      {refs.length === 0 && (
        <Text size="xs">
          {figure ? `${figure} has no source.` : "There is no source."} Ask the AI for one, or cite a passage
          in the documents.
        </Text>
      )}
      {refs.slice(0, MOST_SHOWN).map((ref, at) => (
        <div key={at} className={classes["source"]}>
          <IconFileText size={14} aria-hidden />
          <div>
            <Anchor
              size="xs"
              href={passageHref(ref, figure)}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey) return;
                event.preventDefault();
                openPassage(ref, figure);
              }}
            >
              {citations.documentOf(ref)}, {ref.locator}
            </Anchor>
            {ref.quote && (
              <Text size="xs" c="dimmed" lineClamp={4}>
                “{ref.quote}”
              </Text>
            )}
          </div>
        </div>
      ))}
      {refs.length > MOST_SHOWN && (
        <Text size="xs" c="dimmed">
          and {refs.length - MOST_SHOWN} more
        </Text>
      )}
    </Stack>
  );
}
