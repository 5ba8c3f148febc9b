import { HoverCard, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Citation } from "../data";
import classes from "./AnswerText.module.css";

interface CitationLinkProps {
  cimId: string;
  name: string;
  citations: readonly Citation[];
}

/** [F12] as a small number; hover tells document, place and words, click opens the passage. */
export function CitationLink({ cimId, name, citations }: CitationLinkProps) {
  const at = citations.findIndex(({ ref }) => ref === name);
  const citation = citations[at];
  if (!citation) return <span className={classes["coming"]}>[{name}]</span>;
  const { document, source } = citation;
  return (
    <HoverCard width={300} shadow="md" openDelay={150} position="top" withinPortal>
      <HoverCard.Target>
        <Link
          to="/app/books/$cimId/documents"
          params={{ cimId }}
          search={{
            source: source.source_id,
            ...(source.passage_id ? { passage: source.passage_id } : {}),
            ...(source.quote ? { mark: source.quote.slice(0, 200) } : {}),
          }}
          className={classes["cite"]}
          aria-label={`Source ${at + 1}: ${document}, ${source.locator}`}
        >
          {at + 1}
        </Link>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="xs" fw={600}>
          {document}
        </Text>
        <Text size="xs" c="dimmed">
          {source.locator}
        </Text>
        {source.quote && (
          <Text size="xs" className={classes["quote"]} lineClamp={5}>
            {source.quote}
          </Text>
        )}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
