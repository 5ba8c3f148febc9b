import { Button, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { Book, Slide, Stage } from "~/api/types";
import { useCommands } from "~/lib/queue/useCommands";
import { useMyPlace } from "~/lib/presence/usePresence";
import { STAGE_NAMES, STALE_REASONS } from "~/lib/words";

import { ARTIFACT_OF } from "../bar/stages";
import { artifactCause } from "../data/causes";
import { draftKindOf, useDrafting } from "../data/drafting";
import { useEventLog } from "../data/eventLog";
import type { NameOf } from "../data/people";
import type { MyRights } from "../data/role";
import { CompareDrawer } from "../history/CompareDrawer";
import { ReviewNotice } from "../ReviewNotice";
import { GoToStage } from "./GoToStage";
import { HeroEditor } from "./HeroEditor";
import { OutlineEditor } from "./OutlineEditor";
import { PersonaEditor } from "./PersonaEditor";
import classes from "./Stage.module.css";
import { Welcome } from "./Welcome";

const LEADS: Record<Stage, string> = {
  welcome: "What the book is about, and what there is to write it from.",
  buyer_persona: "Who will read this book, what draws them, and what they doubt.",
  hero_concept: "The one idea that the whole book carries, and the thesis behind it.",
  outline: "The sections of the book, in the order in which a buyer reads them.",
  building_sections: "The slides of each section.",
};

interface StagePageProps {
  book: Book;
  slides: readonly Slide[];
  stage: Stage;
  rights: MyRights;
  nameOf: NameOf;
}

/** What was made at a stage, to be read and changed. */
export function StagePage({ book, slides, stage, rights, nameOf }: StagePageProps) {
  const { send } = useCommands(book.id);
  const events = useEventLog(book.id);
  const drafting = useDrafting(book.id);
  const [comparing, setComparing] = useState(false);
  useMyPlace({ view: "stage" });
  const name = ARTIFACT_OF[stage];
  const artifact = name ? book.artifacts[name] : null;
  const cause = name && artifact?.stale_reason ? artifactCause(events, name) : null;
  const editor = { book, slides, canEdit: rights.canEdit };
  return (
    <div className={classes["stage"]}>
      <div className={classes["head"]}>
        <Title order={1}>{STAGE_NAMES[stage]}</Title>
        {name && rights.canEdit && (
          <Button
            variant="default"
            loading={drafting.isPending}
            onClick={() => drafting.mutate({ kind: draftKindOf(name) })}
          >
            {artifact ? "Redraft with the AI" : "Draft with the AI"}
          </Button>
        )}
      </div>
      <p className={classes["lead"]}>{LEADS[stage]}</p>
      {rights.canEdit && <GoToStage book={book} slides={slides} stage={stage} />}
      {name && artifact?.stale_reason && (
        <ReviewNotice
          cause={cause}
          otherwise={STALE_REASONS[artifact.stale_reason]}
          nameOf={nameOf}
          onConfirm={rights.canReview ? () => void send({ type: "confirm_artifact", artifact: name }) : null}
          onRedraft={rights.canEdit ? () => drafting.mutate({ kind: draftKindOf(name) }) : null}
          isRedrafting={drafting.isPending}
          onCompare={cause ? () => setComparing(true) : null}
        />
      )}
      {stage === "welcome" && <Welcome book={book} canEdit={rights.canEdit} />}
      {stage === "buyer_persona" && <PersonaEditor {...editor} />}
      {stage === "hero_concept" && <HeroEditor {...editor} />}
      {stage === "outline" && <OutlineEditor {...editor} />}
      {stage === "building_sections" && (
        <p>
          <Link to="/app/books/$cimId" params={{ cimId: book.id }}>
            Read all slides
          </Link>
        </p>
      )}
      {comparing && cause && (
        <CompareDrawer
          cimId={book.id}
          from={cause.before}
          to={events.at(-1)?.seq ?? book.rev}
          title="What changed since it was saved"
          onClose={() => setComparing(false)}
        />
      )}
    </div>
  );
}
