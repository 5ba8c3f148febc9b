import { Collapse, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconChevronRight,
  type TablerIcon,
} from "@tabler/icons-react";
import { useId, useState } from "react";

import type { ToolCall } from "../data";
import { fieldName, inLines } from "../cards/fields";
import classes from "./ToolLines.module.css";

const STATUS: Record<ToolCall["call"]["status"], { word: string; icon: TablerIcon }> = {
  done: { word: "done", icon: IconCheck },
  failed: { word: "failed", icon: IconAlertTriangle },
  denied: { word: "denied", icon: IconBan },
  refused: { word: "refused", icon: IconAlertTriangle },
};

const FEW = 3;

/** What the AI did for an answer, a line each; many of them folded into one. */
export function ToolLines({ calls, isWriting }: { calls: readonly ToolCall[]; isWriting: boolean }) {
  const [isOpen, setOpen] = useState(false);
  if (calls.length === 0) return null;
  if (calls.length <= FEW || isWriting) return <Lines calls={calls} />;
  const bad = calls.filter(({ call }) => call.status !== "done").length;
  return (
    <div className={classes["lines"]}>
      <UnstyledButton className={classes["line"]} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <IconChevronRight
          size={13}
          aria-hidden
          className={classes["chevron"]}
          data-open={isOpen || undefined}
        />
        <span>
          {calls.length} steps{bad > 0 && `, ${bad} not done`}
        </span>
      </UnstyledButton>
      {isOpen && <Lines calls={calls} />}
    </div>
  );
}

function Lines({ calls }: { calls: readonly ToolCall[] }) {
  return (
    <ul className={classes["lines"]} aria-label="What the AI did">
      {calls.map((recorded) => (
        <Line key={recorded.call.id} recorded={recorded} />
      ))}
    </ul>
  );
}

function Line({ recorded }: { recorded: ToolCall }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { call } = recorded;
  const { word, icon: Icon } = STATUS[call.status];
  return (
    <li>
      <UnstyledButton
        className={classes["line"]}
        data-status={call.status}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon size={13} aria-hidden />
        <span className={classes["tool"]}>{fieldName(call.tool)}</span>
        <span className={classes["summary"]}>{call.summary}</span>
        {call.status !== "done" && <span>{word}</span>}
        <span className="visually-hidden">{word}</span>
      </UnstyledButton>
      <Collapse expanded={isOpen} id={id}>
        {isOpen && (
          <div className={classes["detail"]}>
            <Value name="With" value={recorded.arguments} />
            <Value name="Gave" value={recorded.result} />
            {call.confirmed_by && <p>Confirmed by a person.</p>}
          </div>
        )}
      </Collapse>
    </li>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  const said = inLines(value);
  if (!said) return null;
  return (
    <div>
      <h4>{name}</h4>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key */}
      <pre tabIndex={0}>{said}</pre>
    </div>
  );
}
