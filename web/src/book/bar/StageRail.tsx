import {
  IconAlertTriangleFilled,
  IconCircle,
  IconCircleCheckFilled,
  IconCircleDot,
  type TablerIcon,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { Book } from "~/api/types";
import { STAGE_NAMES, STAGES } from "~/lib/words";

import { useShown } from "../useCimId";
import { STATE_WORDS, type StageState, stateOf } from "./stages";
import classes from "./StageRail.module.css";

const ICONS: Record<StageState, TablerIcon> = {
  done: IconCircleCheckFilled,
  current: IconCircleDot,
  stale: IconAlertTriangleFilled,
  waiting: IconCircle,
};

/** The five stages and how each stands; a click shows what was made there. */
export function StageRail({ book }: { book: Book }) {
  const { stage: shown } = useShown();
  return (
    <nav aria-label="Stages">
      <ol className={classes["rail"]}>
        {STAGES.map((stage) => {
          const state = stateOf(book, stage);
          const Icon = ICONS[state];
          const isHere = book.stage === stage;
          return (
            <li key={stage}>
              <Link
                to="/app/books/$cimId/stages/$stage"
                params={{ cimId: book.id, stage }}
                className={classes["stage"]}
                data-state={state}
                data-here={isHere}
                aria-current={shown === stage ? "page" : isHere ? "step" : undefined}
                title={`${STAGE_NAMES[stage]}: ${isHere && state === "stale" ? "you are here, needs review" : STATE_WORDS[state]}`}
              >
                <Icon size={13} aria-hidden />
                <span className={classes["name"]}>{STAGE_NAMES[stage]}</span>
                <span className="visually-hidden">, {STATE_WORDS[state]}</span>
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
