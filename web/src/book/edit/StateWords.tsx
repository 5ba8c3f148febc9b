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

/** saved / saving / queued / refused, beside the slide that it is about. */
export function StateWords({ state }: { state: SaveState }) {
  const Icon = ICONS[state.is];
  return (
    <span role="status" aria-label="State of this slide" className={classes["words"]} data-is={state.is}>
      <Icon size={14} aria-hidden /> {state.words}
    </span>
  );
}
