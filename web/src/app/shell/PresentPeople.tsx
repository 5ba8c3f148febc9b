import { Avatar, Tooltip } from "@mantine/core";

import type { Present } from "~/lib/presence/presence";
import { usePresent } from "~/lib/presence/usePresence";
import { nameFrom } from "~/lib/session/session";

const MOST_SHOWN = 4;

const VIEW_WORDS: Partial<Record<string, string>> = {
  book: "in the book",
  slide: "on a slide",
  stage: "on a stage",
  buyer: "in the buyer workshop",
  map: "on the map",
  market: "in the market builder",
  story: "in the story architect",
  documents: "in the documents",
};

interface PresentPeopleProps {
  /** Says more of where somebody is, such as the title of a slide. */
  describe?: (present: Present) => string | null;
}

/** The others who are in this book now. */
export function PresentPeople({ describe }: PresentPeopleProps) {
  const present = usePresent();
  if (present.length === 0) return null;
  const where = (one: Present): string =>
    `${nameFrom(one.email)}, ${describe?.(one) ?? VIEW_WORDS[one.place.view] ?? "here"}`;
  return (
    <Avatar.Group role="list" aria-label="Also in this book">
      {present.slice(0, MOST_SHOWN).map((one) => (
        <Tooltip key={one.personId} label={where(one)}>
          <Avatar
            role="listitem"
            size={24}
            name={nameFrom(one.email)}

            aria-label={where(one)}
          />
        </Tooltip>
      ))}
      {present.length > MOST_SHOWN && (
        <Avatar role="listitem" size={24} aria-label={`and ${present.length - MOST_SHOWN} more`}>
          +{present.length - MOST_SHOWN}
        </Avatar>
      )}
    </Avatar.Group>
  );
}
