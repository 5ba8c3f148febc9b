import { Tabs } from "@mantine/core";
import { useState } from "react";

import type { Book, Slide } from "~/api/types";
import { useActions } from "~/lib/keys/actions";
import { useCommands } from "~/lib/queue/useCommands";
import { useMyPlace } from "~/lib/presence/usePresence";
import { STALE_REASONS } from "~/lib/words";

import { slideCause } from "./data/causes";
import { useOpenComments } from "./data/comments";
import { useDrafting } from "./data/drafting";
import { useEventLog } from "./data/eventLog";
import { type NameOf } from "./data/people";
import type { MyRights } from "./data/role";
import { EditNotices } from "./edit/EditNotices";
import { useSlideEditor } from "./edit/useSlideEditor";
import { CompareDrawer } from "./history/CompareDrawer";
import { CheckPanel } from "./panels/CheckPanel";
import { CommentsPanel } from "./panels/CommentsPanel";
import { HistoryPanel } from "./panels/HistoryPanel";
import { NotesPanel } from "./panels/NotesPanel";
import { SourcesPanel } from "./panels/SourcesPanel";
import { ReviewNotice } from "./ReviewNotice";
import { SlideHeader } from "./SlideHeader";
import { referencesOf } from "./slide/anchors";
import { coverLine } from "./slide/cover";
import { bodyOf } from "./slide/slideBody";
import { SlidePage } from "./slide/SlidePage";
import { useSurroundings } from "./slide/slideContext";
import classes from "./SlideStage.module.css";

type PanelName = "notes" | "sources" | "comments" | "history" | "check";

interface SlideStageProps {
  book: Book;
  saved: Slide;
  number: number;
  count: number;
  rights: MyRights;
  nameOf: NameOf;
  onStep: (by: 1 | -1) => void;
  onRemove: () => void;
}

/** One slide, edited in place, with all that belongs to it below. */
export function SlideStage(props: SlideStageProps) {
  const { book, saved, rights, nameOf } = props;
  const cimId = book.id;
  const { send } = useCommands(cimId);
  const editor = useSlideEditor(cimId, saved);
  const { slide } = editor;
  const { findings, citations } = useSurroundings();
  const events = useEventLog(cimId);
  const drafting = useDrafting(cimId);
  const openComments = useOpenComments(cimId).get(saved.id) ?? 0;
  const [panel, setPanel] = useState<PanelName>("notes");
  const [comparing, setComparing] = useState(false);
  const [asked, setAsked] = useState(0);
  useMyPlace({ view: "slide", slide_id: saved.id, is_editing: editor.state.is === "saving" });

  const own = findings.filter(({ slide_id }) => slide_id === saved.id);
  const open = own.filter(({ accepted }) => !accepted);
  const cause = saved.status === "needs_review" ? slideCause(events, saved.id, saved.stale_reason) : null;
  const approve = (): void => {
    if (rights.canReview && slide.status !== "approved")
      void send({ type: "approve_slide", slide_id: saved.id });
  };
  const comment = (): void => {
    setPanel("comments");
    setAsked((count) => count + 1);
  };

  useActions([
    ...(rights.canReview
      ? [{ id: "approve", title: "Approve the slide", group: "This slide", keys: "a", run: approve }]
      : []),
    {
      id: "edit",
      title: "Edit the slide",
      group: "This slide",
      keys: "e",
      run: () => document.querySelector<HTMLElement>("[data-slide] [role=textbox]")?.focus(),
    },
    { id: "comment", title: "Comment on the slide", group: "This slide", keys: "c", run: comment },
    {
      id: "history",
      title: "Show the history of the slide",
      group: "This slide",
      keys: "h",
      run: () => setPanel("history"),
    },
    {
      id: "sources",
      title: "Show the sources of the slide",
      group: "This slide",
      keys: "s",
      run: () => setPanel("sources"),
    },
    ...(rights.canEdit
      ? [
          {
            id: "remove",
            title: "Remove the slide",
            group: "This slide",
            keys: "mod+Backspace",
            run: props.onRemove,
          },
        ]
      : []),
  ]);

  const section = book.sections.findIndex(({ id }) => id === saved.section_id);
  return (
    <article className={classes["stage"]} aria-label={slide.title} data-slide={saved.id} data-takes-focus>
      <SlideHeader
        slide={slide}
        state={editor.state}
        number={props.number}
        count={props.count}
        sectionTitle={book.sections[section]?.title ?? ""}
        rights={rights}
        onStep={props.onStep}
        onApprove={approve}
        onComment={comment}
        onChange={editor.change}
        onRemove={props.onRemove}
      />
      {saved.status === "needs_review" && (
        <ReviewNotice
          cause={cause}
          otherwise={saved.stale_reason ? STALE_REASONS[saved.stale_reason] : "Somebody asked for a review."}
          nameOf={nameOf}
          onConfirm={rights.canReview ? approve : null}
          onRedraft={
            rights.canEdit
              ? () =>
                  drafting.mutate({
                    kind: "draft_slides",
                    slideId: saved.id,
                    instruction: `Redraft the slide “${saved.title}”.`,
                  })
              : null
          }
          isRedrafting={drafting.isPending}
          onCompare={cause ? () => setComparing(true) : null}
        />
      )}
      <EditNotices cimId={cimId} slide={saved} editor={editor} nameOf={nameOf} />
      <div className={classes["paper"]}>
        <SlidePage
          slide={slide}
          bookTitle={book.title}
          number={props.number}
          sectionNumber={section + 1}
          {...(props.number === 1 ? { coverLine: coverLine(book) } : {})}
          onChange={rights.canEdit ? editor.change : null}
        />
      </div>
      <Tabs value={panel} onChange={(next) => setPanel((next ?? "notes") as PanelName)} keepMounted={false}>
        <Tabs.List aria-label="About this slide" className={classes["tabs"] ?? ""}>
          <Tabs.Tab value="notes">Notes</Tabs.Tab>
          <Tabs.Tab value="sources">
            Sources ({new Set(referencesOf(slide).map((ref) => citations.numberOf(ref))).size})
          </Tabs.Tab>
          <Tabs.Tab value="comments">Comments{openComments ? ` (${openComments})` : ""}</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="check" {...(open.length ? { color: "red" } : {})}>
            Check{open.length ? ` (${open.length})` : ""}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="notes">
          <NotesPanel
            notes={slide.notes}
            onChange={rights.canEdit ? (notes) => editor.change({ ...bodyOf(slide), notes }) : null}
          />
        </Tabs.Panel>
        <Tabs.Panel value="sources">
          <SourcesPanel slide={slide} />
        </Tabs.Panel>
        <Tabs.Panel value="comments">
          <CommentsPanel
            cimId={cimId}
            slideId={saved.id}
            nameOf={nameOf}
            canComment={rights.canReview}
            asked={asked}
          />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryPanel
            cimId={cimId}
            slide={saved}
            nameOf={nameOf}
            onRestore={rights.canEdit ? editor.replace : null}
          />
        </Tabs.Panel>
        <Tabs.Panel value="check">
          <CheckPanel cimId={cimId} findings={own} nameOf={nameOf} canEdit={rights.canEdit} />
        </Tabs.Panel>
      </Tabs>
      {comparing && cause && (
        <CompareDrawer
          cimId={cimId}
          from={cause.before}
          to={events.at(-1)?.seq ?? book.rev}
          title="What changed since it was written"
          slideId={saved.id}
          onClose={() => setComparing(false)}
        />
      )}
    </article>
  );
}
