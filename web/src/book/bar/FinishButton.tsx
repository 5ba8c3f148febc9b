import { Button, Modal, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { findingsQuery } from "~/api/queries";
import type { Book } from "~/api/types";
import { useSlides } from "~/api/useBook";
import { useCommands } from "~/lib/queue/useCommands";

import classes from "./FinishButton.module.css";
import { type Obstacle, obstacles } from "./readiness";

/** Completes the book, or says what still stands in the way; a complete one is opened again. */
export function FinishButton({ book }: { book: Book }) {
  const { send } = useCommands(book.id);
  const [isOpen, setOpen] = useState(false);
  const slides = useSlides(book.id);
  const findings = useQuery(findingsQuery(book.id)).data?.items;

  if (book.status === "complete")
    return (
      <Button variant="default" onClick={() => void send({ type: "reopen" })}>
        Open again
      </Button>
    );

  const left = obstacles(book, slides ?? [], findings ?? []);
  const isRead = slides !== undefined && findings !== undefined;
  const isReady = isRead && left.length === 0;
  return (
    <>
      <Button variant={isReady ? "filled" : "default"} onClick={() => setOpen(true)}>
        Complete
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Complete the book">
        {!isRead ? (
          <Text c="dimmed">What stands in the way is being looked up …</Text>
        ) : isReady ? (
          <Stack>
            <Text className={classes["ready"] ?? ""}>
              <IconCheck size={16} aria-hidden /> Every stage is settled, every slide approved, every figure
              borne out or accepted.
            </Text>
            <Button
              data-autofocus
              style={{ alignSelf: "flex-end" }}
              onClick={() => {
                void send({ type: "complete" });
                setOpen(false);
              }}
            >
              Complete
            </Button>
          </Stack>
        ) : (
          <Stack gap="xs">
            <Text>It is not ready yet:</Text>
            <ul className={classes["left"]}>
              {left.map((obstacle) => (
                <li key={obstacle.words}>
                  <IconAlertTriangle size={14} aria-hidden />
                  <Way book={book} obstacle={obstacle} onGo={() => setOpen(false)} />
                </li>
              ))}
            </ul>
          </Stack>
        )}
      </Modal>
    </>
  );
}

function Way({ book, obstacle, onGo }: { book: Book; obstacle: Obstacle; onGo: () => void }) {
  const { words, slideId, stage } = obstacle;
  const cimId = book.id;
  if (slideId)
    return (
      <Link to="/app/books/$cimId/slides/$slideId" params={{ cimId, slideId }} onClick={onGo}>
        {words}
      </Link>
    );
  if (stage)
    return (
      <Link to="/app/books/$cimId/stages/$stage" params={{ cimId, stage }} onClick={onGo}>
        {words}
      </Link>
    );
  return <span>{words}</span>;
}
