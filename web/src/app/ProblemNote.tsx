import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { inWords } from "~/api/problem";

import classes from "./ProblemNote.module.css";

/** What went wrong, in place: the sentence, what to do next, and a button where trying again may help. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { sentence, next } = inWords(error);
  return (
    <div role="alert" className={classes["note"]}>
      <IconAlertTriangle size={16} aria-hidden />
      <div>
        <strong>{sentence}</strong> {next}
      </div>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
