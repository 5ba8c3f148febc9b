import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { memo, useState } from "react";

import type { Finding, Slide } from "~/api/types";
import type { Present } from "~/lib/presence/presence";

import type { SectionSlides } from "../data/order";
import { announcementsFor, HOW_TO_MOVE } from "./announcements";
import classes from "./BookTree.module.css";
import { TreeSection } from "./TreeSection";
import { TreeSlide } from "./TreeSlide";

interface BookTreeProps {
  cimId: string;
  groups: readonly SectionSlides[];
  slideId: string | undefined;
  present: readonly Present[];
  findings: readonly Finding[];
  comments: ReadonlyMap<string, number>;
  canEdit: boolean;
  /** A slide goes to a place in a section, which may be another one. */
  onMove: (slide: Slide, sectionId: string, place: number) => void;
  onAdd: (sectionId: string) => void;
  onOpened?: () => void;
}

/** Sections and slides, each with its state; a slide is one click away, and goes elsewhere by drag or keys. */
export const BookTree = memo(function BookTree(props: BookTreeProps) {
  const { groups, canEdit, onMove } = props;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  const drop = ({ active, over }: DragEndEvent): void => {
    if (!over || active.id === over.id) return;
    const slide = groups.flatMap(({ slides }) => slides).find(({ id }) => id === active.id);
    const target = groups.find(
      ({ section, slides }) => section.id === over.id || slides.some(({ id }) => id === over.id),
    );
    if (!slide || !target) return;
    const place = target.slides.findIndex(({ id }) => id === over.id);
    onMove(slide, target.section.id, place < 0 ? target.slides.length : place);
  };

  const toggle = (id: string): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={drop}
      accessibility={{
        announcements: announcementsFor(groups),
        screenReaderInstructions: { draggable: HOW_TO_MOVE },
      }}
    >
      <ol className={classes["tree"]} aria-label="Sections and slides">
        {groups.map(({ section, slides }) => (
          <li key={section.id}>
            <TreeSection
              section={section}
              slides={slides}
              isOpen={!closed.has(section.id)}
              onToggle={() => toggle(section.id)}
              onAdd={canEdit ? () => props.onAdd(section.id) : null}
            />
            {!closed.has(section.id) && (
              <SortableContext items={slides.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
                <ol className={classes["slides"]} aria-label={section.title}>
                  {slides.map((slide) => (
                    <TreeSlide
                      key={slide.id}
                      cimId={props.cimId}
                      slide={slide}
                      isShown={slide.id === props.slideId}
                      present={props.present.filter(({ place }) => place.slide_id === slide.id)}
                      findings={
                        props.findings.filter((each) => each.slide_id === slide.id && !each.accepted).length
                      }
                      comments={props.comments.get(slide.id) ?? 0}
                      canDrag={canEdit}
                      onOpened={props.onOpened}
                    />
                  ))}
                </ol>
                {slides.length === 0 && <p className={classes["none"]}>No slides yet.</p>}
              </SortableContext>
            )}
          </li>
        ))}
      </ol>
      {groups.length === 0 && (
        <p className={classes["nothing"]}>
          Sections and their slides stand here once the outline is written.
        </p>
      )}
    </DndContext>
  );
});
