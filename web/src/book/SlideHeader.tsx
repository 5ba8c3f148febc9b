import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconCheck, IconChevronLeft, IconChevronRight, IconMessage } from "@tabler/icons-react";

import type { Slide } from "~/api/types";
import type { SaveState } from "~/lib/queue/saveState";
import { StateWords } from "~/app/shell/StateWords";
import { KeyNames } from "~/lib/keys/KeyNames";

import type { MyRights } from "./data/role";
import type { SlideBody } from "./slide/slideBody";
import classes from "./SlideHeader.module.css";
import { SlideMenu } from "./SlideMenu";
import { StatusMark } from "./StatusMark";

interface SlideHeaderProps {
  slide: Slide;
  state: SaveState;
  number: number;
  count: number;
  sectionTitle: string;
  rights: MyRights;
  onStep: (by: 1 | -1) => void;
  onApprove: () => void;
  onComment: () => void;
  onChange: (next: SlideBody) => void;
  onRemove: () => void;
}

/** Where the slide is, how it stands, and what can be done with it. */
export function SlideHeader(props: SlideHeaderProps) {
  const { slide, state, number, count, rights, onStep } = props;
  return (
    <header className={classes["header"]}>
      <div className={classes["place"]}>
        <Tooltip label={<KeyTip words="Previous slide" keys="k" />}>
          <ActionIcon aria-label="Previous slide" disabled={number <= 1} onClick={() => onStep(-1)}>
            <IconChevronLeft size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <span className={classes["count"]}>
          {number} of {count}
        </span>
        <Tooltip label={<KeyTip words="Next slide" keys="j" />}>
          <ActionIcon aria-label="Next slide" disabled={number >= count} onClick={() => onStep(1)}>
            <IconChevronRight size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <span className={classes["section"]}>{props.sectionTitle}</span>
      </div>
      <div className={classes["deeds"]}>
        <StateWords state={state} label="State of this slide" />
        <StatusMark status={slide.status} withWord />
        {rights.canReview && slide.status !== "approved" && (
          <Tooltip label={<KeyTip words="Approve" keys="a" />}>
            <Button
              variant="default"
              leftSection={<IconCheck size={14} aria-hidden />}
              onClick={props.onApprove}
            >
              Approve
            </Button>
          </Tooltip>
        )}
        <Tooltip label={<KeyTip words="Comment" keys="c" />}>
          <ActionIcon aria-label="Comment on this slide" onClick={props.onComment}>
            <IconMessage size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {rights.canEdit && <SlideMenu slide={slide} onChange={props.onChange} onRemove={props.onRemove} />}
      </div>
    </header>
  );
}

function KeyTip({ words, keys }: { words: string; keys: string }) {
  return (
    <span className={classes["tip"]}>
      {words} <KeyNames keys={keys} />
    </span>
  );
}
