import { ActionIcon, SegmentedControl, Tooltip } from "@mantine/core";
import { IconArrowUp, IconPlayerStopFilled, IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";

import { aiContext, aiWish } from "~/app/shell/aiPanel";
import { newId } from "~/lib/ids";
import { useActions } from "~/lib/keys/actions";
import { usePreference } from "~/lib/preferences";
import { useStore } from "~/lib/store";

import { Refused } from "../cards/Refused";
import type { Mode } from "../data";
import { useTalking } from "../talking";
import classes from "./Composer.module.css";
import { MentionList } from "./MentionList";
import { fitting, type Mentionable, type Typing, typingAt, withMention } from "./mentions";
import { useDraft } from "./useDraft";
import { useMentionables } from "./useMentionables";

const MODES: readonly { value: Mode; label: string; hint: string }[] = [
  { value: "draft", label: "Draft", hint: "May write new content." },
  { value: "revise", label: "Revise", hint: "Changes only what you name." },
  { value: "ask", label: "Ask", hint: "Reads only, changes nothing." },
];

type Meanwhile = "enqueue" | "interrupt" | "steer";

const MEANWHILE: readonly { value: Meanwhile; label: string; hint: string }[] = [
  { value: "enqueue", label: "After it", hint: "Your message is answered when this answer is done." },
  { value: "interrupt", label: "Instead", hint: "This answer stops; your message is answered." },
  { value: "steer", label: "Add to it", hint: "The AI takes it into the answer that it writes." },
];

const TALLEST = 220;

interface ComposerProps {
  cimId: string;
  threadId: string;
  /** The run that answers in this thread now. */
  runId: string | null;
  /** Whether that run waits for an answer of people. */
  isAsking: boolean;
}

/** Where a person writes to the AI. What is typed stays until it has arrived. */
export function Composer({ cimId, threadId, runId, isAsking }: ComposerProps) {
  const [text, setText] = useDraft(cimId, threadId);
  const [mode, setMode] = usePreference<Mode>("ai-mode", "draft");
  const [meanwhile, setMeanwhile] = useState<Meanwhile>("enqueue");
  const [mentions, setMentions] = useState<readonly Mentionable[]>([]);
  const [typing, setTyping] = useState<Typing | null>(null);
  const [at, setAt] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const key = useRef<{ of: string; key: string } | null>(null);
  const listId = useId();
  const all = useMentionables(cimId, typing !== null || mentions.length > 0);
  const offered = typing ? fitting(all, typing.word) : [];
  const chosen = offered[at];
  const { say, steer, stop } = useTalking(cimId);
  const [left, setLeft] = useState<readonly string[]>([]);
  const context = useStore(aiContext);
  const ofView = (context?.mentions ?? []).flatMap((id) =>
    left.includes(id) || mentions.some((one) => one.id === id)
      ? []
      : [all.find((one) => one.id === id) ?? { id, title: context?.title ?? id, kind: "" }],
  );
  const about = [...ofView, ...mentions];

  const sending = useMutation({
    mutationFn: async (said: string): Promise<void> => {
      if (runId && !isAsking && meanwhile === "steer" && (await steer(runId, said))) return;
      // The same words sent again are the same message.
      if (key.current?.of !== said) key.current = { of: said, key: newId() };
      const policy = runId && meanwhile === "interrupt" ? "interrupt" : "enqueue";
      const ids = about.map(({ id }) => id);
      await say({ text: said, mode, mentions: ids, threadId, policy, key: key.current.key });
    },
    onSuccess: () => {
      key.current = null;
      setText("");
      setMentions([]);
      setMeanwhile("enqueue");
    },
  });
  const stopping = useMutation({ mutationFn: stop });
  const canSend = text.trim() !== "" && !sending.isPending;
  const send = (): void => {
    if (canSend) sending.mutate(text.trim());
  };

  useActions(
    runId
      ? [
          {
            id: "ai-stop",
            title: "Stop the answer",
            group: "AI",
            keys: "Escape",
            whileTyping: true,
            run: () => stopping.mutate(runId),
          },
        ]
      : [],
  );

  useWish((wish) => {
    if (wish.text) setText(text ? `${text}\n${wish.text}` : wish.text);
    const named = wish.mentions.map(
      (id) => all.find((one) => one.id === id) ?? { id, title: "this", kind: "" },
    );
    if (named.length)
      setMentions([...mentions, ...named.filter(({ id }) => !mentions.some((one) => one.id === id))]);
    field.current?.focus();
  });

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`;
  }, [text]);

  const take = (one: Mentionable): void => {
    if (!typing) return;
    const placed = withMention(text, typing, one);
    setText(placed.text);
    setTyping(null);
    if (!mentions.some(({ id }) => id === one.id)) setMentions([...mentions, one]);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(placed.caret, placed.caret);
    });
  };

  const pressed = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const isListed = offered.length > 0;
    if (isListed && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      setAt((at + by + offered.length) % offered.length);
    } else if (isListed && chosen && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      take(chosen);
    } else if (isListed && event.key === "Escape") {
      event.preventDefault();
      setTyping(null);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  const look = (area: HTMLTextAreaElement): void => {
    setTyping(typingAt(area.value, area.selectionStart));
    setAt(0);
  };

  return (
    <div className={classes["composer"]}>
      {runId && isAsking && (
        <div className={classes["meanwhile"]}>A message of yours closes what the AI asks.</div>
      )}
      {runId && !isAsking && (
        <div className={classes["meanwhile"]}>
          <span>An answer is being written. What you send now:</span>
          <SegmentedControl
            aria-label="What your message does to the answer that is being written"
            size="xs"
            value={meanwhile}
            onChange={setMeanwhile}
            data={MEANWHILE.map(({ value, label }) => ({ value, label }))}
          />
          <span>{MEANWHILE.find(({ value }) => value === meanwhile)?.hint}</span>
        </div>
      )}
      {about.length > 0 && (
        <ul className={classes["mentions"]} aria-label="About">
          {about.map(({ id, title, kind }) => (
            <li key={id}>
              <span>{[kind, title].filter(Boolean).join(": ")}</span>
              <ActionIcon
                size="xs"
                aria-label={`Not about ${title}`}
                onClick={() => {
                  setMentions(mentions.filter((one) => one.id !== id));
                  setLeft([...left, id]);
                }}
              >
                <IconX size={11} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <div className={classes["box"]}>
        {offered.length > 0 && (
          <MentionList id={listId} offered={offered} at={at} onPoint={setAt} onTake={take} />
        )}
        <textarea
          ref={field}
          className={classes["field"]}
          rows={1}
          value={text}
          placeholder={mode === "ask" ? "Ask about the book" : "Tell the AI what to do, @ names something"}
          role="combobox"
          aria-label="Message to the AI"
          aria-autocomplete="list"
          aria-expanded={offered.length > 0}
          aria-controls={listId}
          aria-activedescendant={chosen && offered.length > 0 ? `${listId}-${at}` : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value);
            look(event.currentTarget);
          }}
          onClick={(event) => look(event.currentTarget)}
          onBlur={() => setTyping(null)}
          onKeyDown={pressed}
        />
        <div className={classes["foot"]}>
          <Tooltip label={MODES.find(({ value }) => value === mode)?.hint}>
            <SegmentedControl
              aria-label="Mode"
              size="xs"
              value={mode}
              onChange={setMode}
              data={MODES.map(({ value, label }) => ({ value, label }))}
            />
          </Tooltip>
          <span role="status" className={classes["words"]}>
            {sending.isPending ? "Sending …" : stopping.isPending ? "Stopping …" : ""}
          </span>
          {runId && (
            <Tooltip label="Stop the answer (Esc)">
              <ActionIcon
                variant="default"
                aria-label="Stop the answer"
                loading={stopping.isPending}
                onClick={() => stopping.mutate(runId)}
              >
                <IconPlayerStopFilled size={14} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label="Send (Enter)">
            <ActionIcon
              variant="filled"
              color="accent"
              aria-label="Send"
              disabled={!canSend}
              loading={sending.isPending}
              onClick={send}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
      <Refused error={sending.error ?? stopping.error} />
    </div>
  );
}

/** Hears that somebody wants to talk, also what was wished before the panel was there. */
function useWish(heard: (wish: { text: string; mentions: readonly string[] }) => void): void {
  const wish = useStore(aiWish);
  const latest = useRef(heard);
  useEffect(() => {
    latest.current = heard;
  });
  const { count } = wish;
  useEffect(() => {
    if (count === 0 || count === taken) return;
    taken = count;
    latest.current(aiWish.get());
  }, [count]);
}

/** The wish that was last taken in; a panel that is shown anew does not take it once more. */
let taken = 0;
