import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { useBookNotices } from "~/lib/stream/BookLive";

import classes from "./ChatPanel.module.css";
import { isMyRun } from "./myRuns";
import { type Move, moveOf } from "./workspaceMoves";

interface WorkspaceNoteProps {
  cimId: string;
  /** The run that answers now. */
  runId: string | null;
}

interface Shown extends Move {
  /** Where the person was; null where the page was not moved. */
  from: string | null;
}

/** The AI shows something: the page goes there if this person asked, with a way back; others are only told. */
export function WorkspaceNote({ cimId, runId }: WorkspaceNoteProps) {
  const router = useRouter();
  const [shown, setShown] = useState<Shown | null>(null);
  useBookNotices((kind, data) => {
    if (kind !== "workspace" || typeof data["action"] !== "string") return;
    const move = moveOf(cimId, data["action"], (data["details"] ?? {}) as Record<string, unknown>);
    if (!move) return;
    const here = router.state.location.href;
    const isMine = isMyRun(runId);
    if (isMine && here !== move.to) router.history.push(move.to);
    setShown({ ...move, from: isMine ? here : null });
  });
  if (!shown) return null;
  return (
    <div className={classes["note"]} role="status">
      <span>
        {shown.from === null ? `The AI points a colleague to ${shown.said}.` : `The AI opened ${shown.said}.`}
      </span>
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => {
          router.history.push(shown.from ?? shown.to);
          setShown(null);
        }}
      >
        {shown.from === null ? "Show me" : "Back to where I was"}
      </Button>
      <ActionIcon size="xs" aria-label="Close this note" onClick={() => setShown(null)}>
        <IconX size={12} aria-hidden />
      </ActionIcon>
    </div>
  );
}
