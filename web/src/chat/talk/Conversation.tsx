import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";

import { RequestCard } from "../cards/RequestCard";
import type { Branch } from "../data";
import { AnswerMessage } from "./AnswerMessage";
import type { Item } from "./items";
import classes from "./Messages.module.css";
import { PersonMessage } from "./PersonMessage";

const GUESSED_HEIGHT = 120;
const NEAR_TOP = 400;
const AT_END = 60;

interface ConversationProps {
  cimId: string;
  items: readonly Item[];
  forks: ReadonlyMap<string, readonly Branch[]>;
  doing: ReadonlyMap<string, string>;
  keysFor: string | null;
  hasOlder: boolean;
  isReadingOlder: boolean;
  onOlder: () => void;
}

/** The talk, of any length: only what is seen is in the page; it stays at its end while words come in. */
export function Conversation(props: ConversationProps) {
  const { cimId, items, forks, doing, keysFor, hasOlder, isReadingOlder, onOlder } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const open = items.flatMap((item, at) => (isAsked(item) ? [at] : []));
  // eslint-disable-next-line react-hooks/incompatible-library -- it renders again by itself
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => GUESSED_HEIGHT,
    getItemKey: (at) => items[at]?.id ?? at,
    overscan: 4,
    // A card that is being answered stays, also out of sight, with what was typed into it.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...open])].sort((a, b) => a - b),
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: AT_END,
  });

  const isFilled = items.length > 0;
  useEffect(() => {
    if (isFilled) list.scrollToEnd();
    // Once, when the talk is first there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isFilled]);

  return (
    <div className={classes["area"]}>
      <div
        ref={scroll}
        className={classes["scroll"]}
        role="log"
        aria-label="Conversation"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setAtEnd(scrollHeight - scrollTop - clientHeight < AT_END);
          if (scrollTop < NEAR_TOP && hasOlder && !isReadingOlder) onOlder();
        }}
      >
        {hasOlder && (
          <div className={classes["older"]}>
            {isReadingOlder ? (
              "Reading earlier messages …"
            ) : (
              <Button size="compact-xs" variant="subtle" onClick={onOlder}>
                Earlier messages
              </Button>
            )}
          </div>
        )}
        <div className={classes["inner"]} style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index];
            if (!item) return null;
            return (
              <div
                key={key}
                ref={list.measureElement}
                data-index={index}
                className={classes["row0"]}
                style={{ transform: `translateY(${start}px)` }}
              >
                {item.is === "request" ? (
                  <RequestCard cimId={cimId} request={item.request} hasKeys={item.id === keysFor} />
                ) : item.message.role === "user" ? (
                  <PersonMessage message={item.message} ways={forks.get(item.id)} />
                ) : (
                  <AnswerMessage
                    message={item.message}
                    asked={item.asked}
                    requests={item.requests}
                    keysFor={keysFor}
                    isFirstOfRun={item.isFirstOfRun}
                    doing={item.message.run_id ? doing.get(item.message.run_id) : undefined}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {!isAtEnd && (
        <Button
          className={classes["down"]}
          size="compact-xs"
          variant="default"
          leftSection={<IconArrowDown size={12} aria-hidden />}
          onClick={() => list.scrollToEnd()}
        >
          Latest
        </Button>
      )}
    </div>
  );
}

function isAsked(item: Item): boolean {
  return item.is === "request" || item.requests.some(({ status }) => status === "open");
}
