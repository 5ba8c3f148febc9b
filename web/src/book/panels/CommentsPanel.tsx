import { Button, Group, Text, Textarea } from "@mantine/core";
import { IconCheck, IconRotate } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import type { Comment } from "~/api/types";
import { fullTime, when } from "~/lib/dates";

import { useAddComment, useComments, useResolveComment } from "../data/comments";
import type { NameOf } from "../data/people";
import classes from "./Panels.module.css";

interface CommentsPanelProps {
  cimId: string;
  slideId: string;
  nameOf: NameOf;
  canComment: boolean;
  /** Counts up when the person asked to write one. */
  asked: number;
}

/** What people say about the slide, and what is settled of it. */
export function CommentsPanel({ cimId, slideId, nameOf, canComment, asked }: CommentsPanelProps) {
  const comments = useComments(cimId).filter(({ slide_id }) => slide_id === slideId);
  const add = useAddComment(cimId);
  const resolve = useResolveComment(cimId);
  const [text, setText] = useDraftText(`${cimId}:${slideId}`);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    if (asked > 0) field.current?.focus();
  }, [asked]);

  const send = (): void => {
    if (text.trim() === "") return;
    add.mutate({ slideId, text: text.trim() }, { onSuccess: () => setText("") });
  };

  const shown = [...comments].sort((one, other) => Number(!!one.resolved_at) - Number(!!other.resolved_at));
  return (
    <div className={classes["panel"]}>
      {comments.length === 0 && (
        <Text c="dimmed">
          No comments yet. Say what you would change, and whoever works on the slide sees it at once.
        </Text>
      )}
      <ul className={classes["comments"]}>
        {shown.map((comment) => (
          <CommentRow
            key={comment.id}
            comment={comment}
            nameOf={nameOf}
            onResolve={canComment ? (resolved) => resolve.mutate({ id: comment.id, resolved }) : null}
          />
        ))}
      </ul>
      {canComment && (
        <Group align="flex-end" gap={6} wrap="nowrap">
          <Textarea
            ref={field}
            aria-label="Comment"
            placeholder="Comment on this slide"
            autosize
            minRows={1}
            maxRows={6}
            flex={1}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
            }}
          />
          <Button onClick={send} loading={add.isPending} disabled={text.trim() === ""}>
            Comment
          </Button>
        </Group>
      )}
    </div>
  );
}

/** What was typed stays, also when the slide is left. */
function useDraftText(name: string): [string, (next: string) => void] {
  const key = `bookrunner:comment:${name}`;
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? "");
  return [
    text,
    (next) => {
      setText(next);
      if (next) sessionStorage.setItem(key, next);
      else sessionStorage.removeItem(key);
    },
  ];
}

interface CommentRowProps {
  comment: Comment;
  nameOf: NameOf;
  onResolve: ((resolved: boolean) => void) | null;
}

function CommentRow({ comment, nameOf, onResolve }: CommentRowProps) {
  const { author, at, text, resolved_at, resolved_by } = comment;
  const isSettled = resolved_at != null;
  return (
    <li className={classes["comment"]} data-settled={isSettled}>
      <div>
        <strong>{nameOf(author)}</strong>{" "}
        <time className={classes["quiet"]} title={fullTime(at)}>
          {when(at)}
        </time>
        {isSettled && (
          <span className={classes["quiet"]}>
            {" "}
            · settled by {resolved_by ? nameOf(resolved_by) : "somebody"}
          </span>
        )}
        <p>{text}</p>
      </div>
      {onResolve && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={isSettled ? <IconRotate size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
          onClick={() => onResolve(!isSettled)}
        >
          {isSettled ? "Open again" : "Settle"}
        </Button>
      )}
    </li>
  );
}
