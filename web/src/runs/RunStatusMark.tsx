import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconHelpCircle,
  IconPlayerPlay,
  IconPlayerStop,
  type TablerIcon,
} from "@tabler/icons-react";

import type { Agent, RunStatus } from "./data";
import classes from "./Runs.module.css";

const MARKS: Record<RunStatus | Agent["status"], { word: string; icon: TablerIcon }> = {
  queued: { word: "Queued", icon: IconCircleDashed },
  idle: { word: "Not begun", icon: IconCircleDashed },
  running: { word: "Running", icon: IconPlayerPlay },
  waiting: { word: "Waits for people", icon: IconHelpCircle },
  completed: { word: "Completed", icon: IconCheck },
  failed: { word: "Failed", icon: IconAlertTriangle },
  cancelled: { word: "Cancelled", icon: IconPlayerStop },
};

interface RunStatusMarkProps {
  status: RunStatus | Agent["status"];
  /** Whom it waits for, where that is known: "you", "Lea Ott". */
  waitsFor?: string;
}

export function RunStatusMark({ status, waitsFor }: RunStatusMarkProps) {
  const { word: usual, icon: Icon } = MARKS[status];
  const word = status === "waiting" && waitsFor ? `Waits for ${waitsFor}` : usual;
  return (
    <span className={classes["status"]} data-status={status}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  );
}
