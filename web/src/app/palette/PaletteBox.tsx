import "@mantine/spotlight/styles.css";

import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { createSpotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { keys } from "~/api/keys";
import type { BookRow } from "~/api/types";
import { actions } from "~/lib/keys/actions";
import { KeyNames } from "~/lib/keys/KeyNames";
import { useStore } from "~/lib/store";
import { STAGE_NAMES } from "~/lib/words";

import { isPaletteOpen } from "./openers";

const KNOWN_BOOKS = "Open a book";
/** What belongs to the page comes first, what is the same everywhere last. */
const LAST = ["Go to", "General", "Look", "Slides"];

interface BookPages {
  pages: { items: BookRow[] }[];
}

/** Everything that can be done now, and every book that was read, found by a few letters. */
export default function PaletteBox() {
  const offered = useStore(actions);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [[store, spotlight]] = useState(createSpotlight);
  useEffect(() => spotlight.open(), [spotlight]);

  const groups = new Map<string, SpotlightActionGroupData["actions"]>();
  for (const action of offered) {
    if (action.hidden) continue;
    const group = groups.get(action.group) ?? [];
    group.push({
      id: action.id,
      label: action.title,
      onClick: action.run,
      rightSection: action.keys ? <KeyNames keys={action.keys} /> : undefined,
    });
    groups.set(action.group, group);
  }
  const ordered = [...groups].toSorted(([one], [other]) => LAST.indexOf(one) - LAST.indexOf(other));
  const books = new Map<string, BookRow>();
  for (const [, found] of client.getQueriesData<BookPages>({ queryKey: keys.allBooks() }))
    for (const page of found?.pages ?? []) for (const book of page.items) books.set(book.id, book);
  if (books.size)
    ordered.push([
      KNOWN_BOOKS,
      [...books.values()].map((book) => ({
        id: `book-${book.id}`,
        label: book.title,
        description: STAGE_NAMES[book.stage],
        onClick: () => void navigate({ to: "/app/books/$cimId", params: { cimId: book.id } }),
      })),
    ]);

  return (
    <Spotlight
      store={store}
      actions={ordered.map(([group, found]) => ({ group, actions: found }))}
      shortcut={null}
      overlayProps={{ blur: 0 }}
      attributes={{ content: { "aria-label": "Do or find" } }}
      onSpotlightClose={() => isPaletteOpen.set(false)}
      highlightQuery
      scrollable
      maxHeight={420}
      limit={40}
      nothingFound="Nothing by that name."
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: "Do or find…",
        "aria-label": "Do or find",
      }}
    />
  );
}
