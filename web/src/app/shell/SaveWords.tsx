import {
  IconAlertTriangle,
  IconCheck,
  IconClockPause,
  IconLoader2,
  type TablerIcon,
} from "@tabler/icons-react";

import { useConnection } from "~/lib/connection";
import type { Change } from "~/lib/queue/change";
import { saveState, type SaveState } from "~/lib/queue/saveState";

import { isRefusedOpen } from "../palette/openers";
import classes from "./SaveWords.module.css";

const ICONS: Record<SaveState["is"], TablerIcon> = {
  saved: IconCheck,
  saving: IconLoader2,
  queued: IconClockPause,
  refused: IconAlertTriangle,
};

/** saved / saving / queued / refused, beside what it is about. */
export function SaveWords({ changes, savedAt }: { changes: readonly Change[]; savedAt?: string | null }) {
  const { is, words } = saveState(changes, useConnection(), savedAt);
  const Icon = ICONS[is];
  const inside = (
    <>
      <Icon size={14} aria-hidden /> {words}
    </>
  );
  return (
    <span role="status" className={classes["words"]} data-is={is}>
      {is === "refused" ? (
        <button type="button" className={classes["settle"]} onClick={() => isRefusedOpen.set(true)}>
          {inside}
        </button>
      ) : (
        inside
      )}
    </span>
  );
}
