import { Button, CopyButton, Group } from "@mantine/core";
import { IconAlertTriangle, IconArrowsExchange } from "@tabler/icons-react";
import { useState } from "react";

import type { Slide } from "~/api/types";
import { when } from "~/lib/dates";
import { textOf as changeText } from "~/lib/queue/change";
import { drop, sendAgain } from "~/lib/queue/queue";

import type { NameOf } from "../data/people";
import { DiffText } from "../history/DiffText";
import classes from "./EditNotices.module.css";
import { useLostWords } from "./lostWords";
import { type Clash, merge3 } from "./merge";
import type { SlideEditor } from "./useSlideEditor";
import { lastSaveOf } from "./work";

interface EditNoticesProps {
  cimId: string;
  slide: Slide;
  editor: SlideEditor;
  nameOf: NameOf;
}

/** What came between two people who wrote the same, or between a save and the API; each with a way out. */
export function EditNotices({ cimId, slide, editor, nameOf }: EditNoticesProps) {
  const lost = useLostWords(cimId, slide);
  return (
    <>
      {editor.refused.map((change) => (
        <div key={change.commandId} className={classes["notice"]} data-kind="refused" role="alert">
          <IconAlertTriangle size={16} aria-hidden />
          <p>
            <strong>Refused.</strong> {change.problem?.detail} {change.problem?.next_step}
          </p>
          <Group gap={6}>
            <Button variant="default" onClick={() => void sendAgain(change)}>
              Send again
            </Button>
            <CopyButton value={changeText(change.command)}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? "Copied" : "Copy my text"}
                </Button>
              )}
            </CopyButton>
            <Button variant="subtle" color="red" onClick={() => void drop(change)}>
              Drop it
            </Button>
          </Group>
        </div>
      ))}
      {editor.clashes.length > 0 && (
        <Notice
          words={`Somebody saved the same ${listed(editor.clashes)} while you were writing. Yours stands now; theirs is in the history.`}
          clashes={editor.clashes}
          actions={
            <Button variant="default" onClick={editor.forgetClashes}>
              Keep mine
            </Button>
          }
        />
      )}
      {lost && (
        <Notice
          words={`${nameOf(lost.by)} wrote over your ${listed(lost.lost)} (${when(lost.at)}).`}
          clashes={lost.lost}
          actions={
            <>
              <Button variant="default" onClick={() => lastSaveOf(cimId, slide.id).set(null)}>
                Keep theirs
              </Button>
              <Button
                variant="default"
                onClick={() => editor.replace(merge3(lost.mine.base, lost.mine.mine, slide).body)}
              >
                Put mine back
              </Button>
            </>
          }
        />
      )}
    </>
  );
}

function listed(clashes: readonly Clash[]): string {
  const names = [...new Set(clashes.map(({ what }) => what))];
  return names.length > 2 ? `${names.slice(0, 2).join(", ")} and more` : names.join(" and ");
}

interface NoticeProps {
  words: string;
  clashes: readonly Clash[];
  actions: React.ReactNode;
}

function Notice({ words, clashes, actions }: NoticeProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={classes["notice"]} data-kind="clash" role="status">
      <IconArrowsExchange size={16} aria-hidden />
      <p>{words}</p>
      <Group gap={6}>
        {actions}
        <Button variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Compare
        </Button>
      </Group>
      {isOpen && (
        <dl className={classes["clashes"]}>
          {clashes.map(({ what, mine, theirs }, at) => (
            <div key={at}>
              <dt>{what}: yours, and what was changed in it</dt>
              <dd>
                <DiffText before={mine} after={theirs} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
