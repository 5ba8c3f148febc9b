import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { useFeature } from "~/api/features";
import { findingsQuery } from "~/api/queries";
import type { Slide, Stage } from "~/api/types";
import { useBook, useSlides } from "~/api/useBook";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { type Action, useActions } from "~/lib/keys/actions";
import { usePreference } from "~/lib/preferences";
import { usePresent } from "~/lib/presence/usePresence";
import { STAGE_NAMES, STAGES } from "~/lib/words";

import { BookLayout } from "./BookLayout";
import { useOpenComments } from "./data/comments";
import { useDrafting, useDraftsTold } from "./data/drafting";
import { bySection, inReadingOrder } from "./data/order";
import { useNameOf } from "./data/people";
import { useMyRights } from "./data/role";
import { useLeftBehind } from "./edit/useLeftBehind";
import { flushOnLeave } from "./edit/useSlideEditor";
import { ReadingView } from "./ReadingView";
import { SlideContext } from "./slide/slideContext";
import { useSurroundingsOf } from "./slide/useSurroundingsOf";
import { SlideStage } from "./SlideStage";
import { StagePage } from "./stage/StagePage";
import { BookTree } from "./tree/BookTree";
import { useUndo } from "./undo/useUndo";
import { useCimId, useShown } from "./useCimId";
import { useSlideDeeds } from "./useSlideDeeds";

const NO_SLIDES: readonly Slide[] = [];
const NO_FINDINGS = [] as const;

/** One book: its tree, and what the address names of it: a slide, a stage, or all of it to read. */
export function BookPage() {
  const cimId = useCimId();
  const { slideId, stage } = useShown();
  const book = useBook(cimId);
  const read = useSlides(cimId);
  const slides = read ?? NO_SLIDES;
  const rights = useMyRights(book);
  const nameOf = useNameOf(book.project_id);
  const present = usePresent();
  const comments = useOpenComments(cimId);
  const findings = useQuery(findingsQuery(cimId)).data?.items ?? NO_FINDINGS;
  const isWide = useMediaQuery("(min-width: 62em), print", true, { getInitialValueInEffect: false });
  const [asPage, setAsPage] = usePreference("slides-as-pages", false);
  const surroundings = useSurroundingsOf(cimId, slides, rights.canEdit, !isWide && !asPage);
  const navigate = useNavigate();
  const groups = useMemo(() => bySection(book.sections, slides), [book.sections, slides]);
  const order = useMemo(() => inReadingOrder(groups), [groups]);
  const deeds = useSlideDeeds(cimId, groups);
  const undo = useUndo(cimId, slides, nameOf);
  const drafting = useDrafting(cimId);
  useDraftsTold(cimId);
  const mayCompose = useFeature(book.org_id, "compose_runs");
  useLeftBehind(cimId, read);
  useEffect(() => flushOnLeave(), []);

  const at = order.findIndex(({ id }) => id === slideId);
  const shown = order[at];
  const open = (id: string): void =>
    void navigate({ to: "/app/books/$cimId/slides/$slideId", params: { cimId, slideId: id } });
  const step = (by: 1 | -1): void => {
    const next = order[at < 0 && by === 1 ? 0 : at + by];
    if (next) open(next.id);
  };
  const shift = (by: 1 | -1): void => {
    if (!shown) return;
    const own = groups.find(({ section }) => section.id === shown.section_id)?.slides ?? [];
    deeds.move(shown, shown.section_id, own.findIndex(({ id }) => id === shown.id) + by);
  };

  const editing: Action[] = rights.canEdit
    ? [
        { id: "undo", title: "Undo my last change", group: "This book", keys: "mod+z", run: undo.undo },
        { id: "redo", title: "Do it again", group: "This book", keys: "mod+shift+z", run: undo.redo },
        ...(mayCompose
          ? [
              {
                id: "compose",
                title: "Have the whole book written",
                group: "This book",
                run: () => drafting.mutate({ kind: "compose" }),
              },
            ]
          : []),
        ...(shown
          ? [
              {
                id: "up",
                title: "Move the slide up",
                group: "This slide",
                keys: "alt+ArrowUp",
                run: () => shift(-1),
              },
              {
                id: "down",
                title: "Move the slide down",
                group: "This slide",
                keys: "alt+ArrowDown",
                run: () => shift(1),
              },
              {
                id: "add",
                title: "Add a slide to this section",
                group: "This slide",
                keys: "n",
                run: () => deeds.add(shown.section_id),
              },
            ]
          : []),
      ]
    : [];
  useActions([
    { id: "next", title: "Next slide", group: "This book", keys: "j", run: () => step(1) },
    { id: "previous", title: "Previous slide", group: "This book", keys: "k", run: () => step(-1) },
    {
      id: "next-review",
      title: "Next slide that needs review",
      group: "This book",
      keys: "shift+j",
      run: () => {
        const rest = [...order.slice(at + 1), ...order.slice(0, Math.max(at, 0))];
        const next = rest.find(({ status }) => status === "needs_review");
        if (next) open(next.id);
      },
    },
    ...(shown && rights.canReview
      ? [
          {
            id: "approve-section",
            title: "Approve every slide of this section",
            group: "This slide",
            keys: "shift+a",
            run: () => deeds.approveSection(shown.section_id),
          },
        ]
      : []),
    ...STAGES.map((each) => ({
      id: `stage-${each}`,
      title: `Stage: ${STAGE_NAMES[each]}`,
      group: "This book",
      run: () => void navigate({ to: "/app/books/$cimId/stages/$stage", params: { cimId, stage: each } }),
    })),
    ...editing,
    ...order.map(({ id, title }) => ({ id: `slide-${id}`, title, group: "Slides", run: () => open(id) })),
  ]);

  const tree = (onOpened?: () => void) => (
    <BookTree
      cimId={cimId}
      groups={groups}
      slideId={slideId}
      present={present}
      findings={findings}
      comments={comments}
      canEdit={rights.canEdit}
      onMove={deeds.move}
      onAdd={deeds.add}
      {...(onOpened ? { onOpened } : {})}
    />
  );

  const middle = () => {
    if (!read) return <PageLoading />;
    if (slideId && shown)
      return (
        <SlideStage
          key={shown.id}
          book={book}
          saved={shown}
          number={at + 1}
          count={order.length}
          rights={rights}
          nameOf={nameOf}
          onStep={step}
          onRemove={() => deeds.remove(shown)}
        />
      );
    if (slideId)
      return (
        <Empty
          title="This slide is not in the book"
          action={
            order[0] && (
              <Button variant="default" onClick={() => open(order[0]?.id ?? "")}>
                To the first slide
              </Button>
            )
          }
        >
          It was removed, or its address is cut off.
        </Empty>
      );
    const named = STAGES.find((each) => each === stage) ?? (order.length === 0 ? book.stage : undefined);
    const isStage = named !== undefined && (named !== "building_sections" || order.length === 0);
    if (isStage && named !== "building_sections") return page(named);
    if (order.length === 0)
      return (
        <Empty title="No slides yet" example="“Write the financials section for a strategic buyer.”">
          Add a slide to a section on the left, or let the AI write them out of the documents.
        </Empty>
      );
    return <ReadingView book={book} groups={groups} />;
  };
  const page = (named: Stage) => (
    <StagePage key={named} book={book} slides={slides} stage={named} rights={rights} nameOf={nameOf} />
  );

  return (
    <SlideContext value={surroundings}>
      <BookLayout
        book={book}
        isWide={isWide}
        tree={tree}
        asPage={asPage}
        onAsPage={setAsPage}
        place={
          shown ? `${at + 1} of ${order.length}` : order.length === 1 ? "1 slide" : `${order.length} slides`
        }
      >
        {middle()}
      </BookLayout>
    </SlideContext>
  );
}
