import { Button, Group, Skeleton, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { sourcesQuery } from "~/api/queries";
import type { Book } from "~/api/types";
import { useCommands } from "~/lib/queue/useCommands";

import classes from "./Stage.module.css";
import { useKeptDraft } from "./useKeptDraft";

/** The beginning: the name of the book and its documents. */
export function Welcome({ book, canEdit }: { book: Book; canEdit: boolean }) {
  const { send } = useCommands(book.id);
  const navigate = useNavigate();
  const sources = useQuery(sourcesQuery(book.id)).data;
  const draft = useKeptDraft(`${book.id}:title`, book.title);
  const rename = (): void => {
    if (draft.isChanged && draft.value.trim()) void send({ type: "rename", title: draft.value.trim() });
    draft.reset();
  };
  const begin = (): void => {
    void send({ type: "navigate", target_stage: "buyer_persona" });
    void navigate({
      to: "/app/books/$cimId/stages/$stage",
      params: { cimId: book.id, stage: "buyer_persona" },
    });
  };
  return (
    <>
      <TextInput
        label="Name of the book"
        readOnly={!canEdit}
        value={draft.value}
        onChange={(event) => draft.set(event.currentTarget.value)}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      <section>
        <h2 className={classes["label"]}>Documents</h2>
        {!sources ? (
          <Skeleton height={12} my={4} width="60%" />
        ) : sources.length === 0 ? (
          <Text c="dimmed">
            None yet. Annual reports, spreadsheets, market notes: every figure of the book will point into
            them.
          </Text>
        ) : (
          <ul className={classes["plainList"]}>
            {sources.map(({ id, name, facts }) => (
              <li key={id}>
                {name}{" "}
                <Text span c="dimmed">
                  {facts === 1 ? "1 fact" : `${facts} facts`}
                </Text>
              </li>
            ))}
          </ul>
        )}
        <Link to="/app/books/$cimId/documents" params={{ cimId: book.id }}>
          {sources?.length === 0 ? "Add documents" : "To the documents"}
        </Link>
      </section>
      {canEdit && book.stage === "welcome" && (
        <Group>
          <Button onClick={begin}>Begin with the buyer</Button>
        </Group>
      )}
    </>
  );
}
