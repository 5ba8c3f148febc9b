import { Button, Textarea } from "@mantine/core";
import { type SyntheticEvent, useRef, useState } from "react";

import type { RequestView } from "~/api/types";
import { useActions } from "~/lib/keys/actions";

import classes from "./Cards.module.css";
import { Refused } from "./Refused";
import { useAnswering } from "./useAnswering";

const MOST_KEYS = 9;

interface QuestionCardProps {
  cimId: string;
  request: RequestView;
  hasKeys: boolean;
}

export function QuestionCard({ cimId, request, hasKeys }: QuestionCardProps) {
  const { options, multiple } = request.body;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [text, setText] = useState("");
  const answering = useAnswering(cimId, request);
  const choices = useRef<HTMLDivElement>(null);
  const isFree = options.length === 0;
  const canSend = chosen.length > 0 || text.trim() !== "";

  const choose = (option: string): void => {
    if (!multiple) setChosen([option]);
    else setChosen(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  };
  const send = (event?: SyntheticEvent): void => {
    event?.preventDefault();
    if (canSend && !answering.isPending) answering.mutate({ choices: [...chosen], text: text.trim() });
  };

  useActions(
    hasKeys
      ? options.slice(0, MOST_KEYS).map((option, at) => ({
          id: `answer-${request.id}-${at}`,
          title: `Choose: ${option}`,
          group: "AI",
          keys: String(at + 1),
          run: () => {
            choose(option);
            // From there Enter answers.
            choices.current?.querySelectorAll("input")[at]?.focus();
          },
        }))
      : [],
  );

  return (
    <form onSubmit={send} className={classes["form"]}>
      {!isFree && (
        <div
          ref={choices}
          role={multiple ? "group" : "radiogroup"}
          aria-label={request.body.text}
          className={classes["options"]}
        >
          {options.map((option, at) => (
            <label
              key={option}
              className={classes["option"]}
              data-chosen={chosen.includes(option) || undefined}
            >
              <input
                type={multiple ? "checkbox" : "radio"}
                name={request.id}
                checked={chosen.includes(option)}
                onChange={() => choose(option)}
              />
              <span>{option}</span>
              {hasKeys && at < MOST_KEYS && <kbd aria-hidden>{at + 1}</kbd>}
            </label>
          ))}
        </div>
      )}
      <Textarea
        aria-label={isFree ? "Your answer" : "A remark"}
        placeholder={isFree ? "Your answer" : "A remark, or an answer of your own"}
        autosize
        minRows={isFree ? 2 : 1}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
        }}
      />
      <div className={classes["actions"]}>
        <Button type="submit" disabled={!canSend} loading={answering.isPending}>
          Answer
        </Button>
      </div>
      <Refused error={answering.error} />
    </form>
  );
}
