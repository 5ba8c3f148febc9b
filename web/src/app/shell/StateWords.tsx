import {
  IconAlertTriangle,
  IconCheck,
  IconClockPause,
  IconLoader2,
  type TablerIcon,
} from "@tabler/icons-react";

import type { SaveState } from "~/lib/queue/saveState";

import classes from "./StateWords.module.css";

const ICONS: Record<SaveState["is"], TablerIcon> = {
  saved: IconCheck,
  saving: IconLoader2,
  queued: IconClockPause,
  refused: IconAlertTriangle,
};

interface StateWordsProps {
  state: SaveState;
  label?: string;
  /** What is refused can be settled by a click on it. */
  onSettle?: () => void;
}

/** saved / saving / queued / refused, beside what it is about. */
export function StateWords({ state: { is, words }, label, onSettle }: StateWordsProps) {
  const Icon = ICONS[is];
  const inside = (
    <>
      <Icon size={14} aria-hidden /> {words}
    </>
  );
  return (
    <span role="status" aria-label={label} className={classes["words"]} data-is={is}>
      {is === "refused" && onSettle ? (
        <button type="button" className={classes["settle"]} onClick={onSettle}>
          {inside}
        </button>
      ) : (
        inside
      )}
    </span>
  );
}
