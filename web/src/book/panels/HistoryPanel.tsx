import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { inWords } from "~/api/problem";
import type { Slide } from "~/api/types";
import { fullTime, when } from "~/lib/dates";

import { useEventLog } from "../data/eventLog";
import { pastQuery } from "../data/past";
import type { NameOf } from "../data/people";
import { type HistoryEntry, slideHistory } from "../history/slideHistory";
import { SlideDiff } from "../history/SlideDiff";
import { bodyOf, sameBody, type SlideBody } from "../slide/slideBody";
import classes from "./Panels.module.css";

const MOST_SHOWN = 60;

interface HistoryPanelProps {
  cimId: string;
  slide: Slide;
  nameOf: NameOf;
  onRestore: ((body: SlideBody) => void) | null;
}

/** Every version of the slide: what it changed, and a way back to it. */
export function HistoryPanel({ cimId, slide, nameOf, onRestore }: HistoryPanelProps) {
  const entries = slideHistory(useEventLog(cimId), slide.id, slide.section_id);
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <div className={classes["panel"]}>
      {entries.length === 0 && <Text c="dimmed">Nothing has happened to this slide yet.</Text>}
      <ol className={classes["list"]}>
        {entries.slice(0, MOST_SHOWN).map((entry) => (
          <li key={entry.seq}>
            <div className={classes["event"]}>
              <span>
                <strong>{nameOf(entry.event.actor)}</strong> {entry.words}{" "}
                <time className={classes["quiet"]} title={fullTime(entry.event.at)}>
                  {when(entry.event.at)} · rev {entry.seq}
                </time>
              </span>
              {entry.isVersion && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-expanded={opened === entry.seq}
                  onClick={() => setOpened(opened === entry.seq ? null : entry.seq)}
                >
                  {opened === entry.seq ? "Close" : "Show changes"}
                </Button>
              )}
            </div>
            {opened === entry.seq && (
              <Version
                cimId={cimId}
                slide={slide}
                entry={entry}
                before={entries.find(({ seq, isVersion }) => isVersion && seq < entry.seq)?.seq ?? null}
                onRestore={onRestore}
              />
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

const EMPTY: SlideBody = { title: "", layout_type: "text", components: [], sources: [], notes: "" };

interface VersionProps {
  cimId: string;
  slide: Slide;
  entry: HistoryEntry;
  before: number | null;
  onRestore: ((body: SlideBody) => void) | null;
}

function Version({ cimId, slide, entry, before, onRestore }: VersionProps) {
  const [against, setAgainst] = useState<"before" | "now">("before");
  const then = useQuery(pastQuery(cimId, entry.seq));
  const earlier = useQuery({ ...pastQuery(cimId, before ?? 1), enabled: before !== null });
  const error = then.error ?? earlier.error;
  if (error) return <Text c="red">{inWords(error).sentence}</Text>;
  if (!then.data || (before !== null && !earlier.data)) return <Text c="dimmed">Reading that version …</Text>;
  const find = (slides: readonly Slide[] | undefined): SlideBody =>
    slides?.find(({ id }) => id === slide.id) ?? EMPTY;
  const version = find(then.data.slides);
  const isNow = sameBody(version, slide);
  return (
    <div className={classes["panel"]}>
      {against === "before" ? (
        <SlideDiff before={before === null ? EMPTY : find(earlier.data?.slides)} after={version} />
      ) : (
        <SlideDiff before={version} after={slide} />
      )}
      <Group gap={6}>
        <Button variant="default" onClick={() => setAgainst(against === "before" ? "now" : "before")}>
          {against === "before" ? "Compare with now" : "Show what it changed"}
        </Button>
        {onRestore && (
          <Button variant="default" disabled={isNow} onClick={() => onRestore(bodyOf(version))}>
            {isNow ? "This is how it reads now" : "Restore this version"}
          </Button>
        )}
      </Group>
    </div>
  );
}
