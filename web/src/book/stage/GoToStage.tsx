import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";

import type { Book, Slide, Stage } from "~/api/types";
import { useCommands } from "~/lib/queue/useCommands";
import { ARTIFACT_NAMES, STAGE_NAMES } from "~/lib/words";

import { impactInWords, impactOfGoingTo, isBack } from "../data/impact";
import classes from "./Stage.module.css";

interface GoToStageProps {
  book: Book;
  slides: readonly Slide[];
  stage: Stage;
}

/** The way to a stage that the book is not at: going back says beforehand what will need review. */
export function GoToStage({ book, slides, stage }: GoToStageProps) {
  const { send } = useCommands(book.id);
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  if (book.stage === stage) return null;
  const back = isBack(book.stage, stage);
  const impact = impactOfGoingTo(book, slides, stage);
  const words = impactInWords(impact);
  const go = (): void => {
    void send({ type: "navigate", target_stage: stage, ...(reason.trim() ? { reason: reason.trim() } : {}) });
    setAsking(false);
  };
  return (
    <div className={classes["back"]}>
      <p>
        The book is at “{STAGE_NAMES[book.stage]}”. You are looking at “{STAGE_NAMES[stage]}”.
      </p>
      <Button variant="default" onClick={() => (words ? setAsking(true) : go())}>
        {back ? "Go back to this stage" : "Go on to this stage"}
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={`Go back to “${STAGE_NAMES[stage]}”?`}>
        <Stack gap="sm">
          <Text>
            <IconAlertTriangle size={16} color="var(--stale)" aria-hidden style={{ verticalAlign: "-3px" }} />{" "}
            {words} Nothing is deleted: each can be confirmed, redrafted or compared afterwards.
          </Text>
          <ul className={classes["plainList"]}>
            {impact.artifacts.map((name) => (
              <li key={name}>{ARTIFACT_NAMES[name]}</li>
            ))}
            {book.sections.map(({ id, title }) => {
              const count = impact.slides.filter(({ section_id }) => section_id === id).length;
              return count ? (
                <li key={id}>
                  {title}: {count === 1 ? "1 slide" : `${count} slides`}
                </li>
              ) : null;
            })}
          </ul>
          <TextInput
            label="Why (for the others, optional)"
            placeholder="The buyer changed"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap={6}>
            <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
              Stay
            </Button>
            <Button color="orange" onClick={go}>
              Go back
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}
