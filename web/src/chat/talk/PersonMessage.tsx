import { ActionIcon, Button, Textarea, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Message } from "~/api/types";
import { fullTime, when } from "~/lib/dates";
import { newId } from "~/lib/ids";
import { useSession } from "~/lib/session/useSession";

import { Refused } from "../cards/Refused";
import type { Branch } from "../data";
import { useTalking } from "../talking";
import { BranchSwitch } from "./BranchSwitch";
import classes from "./Messages.module.css";

interface PersonMessageProps {
  message: Message;
  ways: readonly Branch[] | undefined;
}

/** What a person said. One's own can be said differently, on a branch of its own. */
export function PersonMessage({ message, ways }: PersonMessageProps) {
  const me = useSession().personId;
  const [isEditing, setEditing] = useState(false);
  const isMine = message.author.id === me;
  return (
    <article className={classes["person"]} aria-label={isMine ? "You" : "A colleague"}>
      <header className={classes["who"]}>
        <strong>{isMine ? "You" : "A colleague"}</strong>
        <time dateTime={message.created_at} title={fullTime(message.created_at)}>
          {when(message.created_at)}
        </time>
        {message.mode !== "draft" && <span>{message.mode}</span>}
        <span className={classes["tools"]}>
          {ways && <BranchSwitch cimId={message.cim_id} threadId={message.thread_id} ways={ways} />}
          {isMine && !isEditing && (
            <Tooltip label="Say it differently; this one stays on its own branch">
              <ActionIcon size="xs" aria-label="Edit this message" onClick={() => setEditing(true)}>
                <IconPencil size={13} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </span>
      </header>
      {isEditing ? (
        <EditMessage message={message} onDone={() => setEditing(false)} />
      ) : (
        <div className={classes["said"]}>{message.text}</div>
      )}
      {message.steering.map((added, at) => (
        <div key={at} className={classes["added"]}>
          Added meanwhile: {added}
        </div>
      ))}
    </article>
  );
}

function EditMessage({ message, onDone }: { message: Message; onDone: () => void }) {
  const [text, setText] = useState(message.text);
  const [key] = useState(newId);
  const { say } = useTalking(message.cim_id);
  const saying = useMutation({
    mutationFn: () =>
      say({
        text: text.trim(),
        mode: message.mode,
        mentions: message.mentions,
        threadId: message.thread_id,
        policy: "interrupt",
        edits: message.id,
        key,
      }),
    onSuccess: onDone,
  });
  const canSend = text.trim() !== "" && !saying.isPending;
  return (
    <div className={classes["edit"]}>
      <Textarea
        aria-label="The message, said differently"
        autosize
        minRows={2}
        maxRows={14}
        ref={(field) => field?.focus()}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            onDone();
          } else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            if (canSend) saying.mutate();
          }
        }}
      />
      <div className={classes["row"]}>
        <Button disabled={!canSend} loading={saying.isPending} onClick={() => saying.mutate()}>
          Send on a new branch
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
      <Refused error={saying.error} />
    </div>
  );
}
