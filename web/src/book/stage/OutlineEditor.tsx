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
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";

import type { Book, Slide } from "~/api/types";
import { newId } from "~/lib/ids";
import { useActions } from "~/lib/keys/actions";
import { useCommands } from "~/lib/queue/useCommands";

import { impactOfOutline } from "../data/impact";
import { moved } from "../data/order";
import { OutlineRow, type OutlineSection } from "./OutlineRow";
import { SaveBar } from "./SaveBar";
import classes from "./Stage.module.css";
import { useKeptDraft } from "./useKeptDraft";

interface EditorProps {
  book: Book;
  slides: readonly Slide[];
  canEdit: boolean;
}

const NONE: OutlineSection[] = [];

/** The sections of the book, in order. */
export function OutlineEditor({ book, slides, canEdit }: EditorProps) {
  const { send } = useCommands(book.id);
  const draft = useKeptDraft<OutlineSection[]>(
    `${book.id}:outline`,
    book.artifacts.outline?.value.sections ?? NONE,
  );
  const { value: sections, set } = draft;
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const isValid = sections.length > 0 && sections.every(({ title }) => title.trim() !== "");

  const save = (): void => {
    if (!draft.isChanged || !isValid) return;
    void send({ type: "save_outline", sections });
    draft.reset();
  };
  useActions([
    {
      id: "save-stage",
      title: "Save the outline",
      group: "This stage",
      keys: "mod+Enter",
      whileTyping: true,
      run: save,
    },
  ]);

  const drop = ({ active, over }: DragEndEvent): void => {
    const [from, to] = [active.id, over?.id].map((id) => sections.findIndex((section) => section.id === id));
    if (from === undefined || to === undefined || from < 0 || to < 0 || from === to) return;
    set(moved(sections, from, to));
  };

  return (
    <>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
        <SortableContext items={sections.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
          <ol className={classes["sections"]} aria-label="Sections">
            {sections.map((section, at) => (
              <OutlineRow
                key={section.id}
                section={section}
                number={at + 1}
                slides={slides.filter(({ section_id }) => section_id === section.id).length}
                canEdit={canEdit}
                onChange={(next) => set(sections.map((each, place) => (place === at ? next : each)))}
                onRemove={() => set(sections.filter((_, place) => place !== at))}
              />
            ))}
          </ol>
        </SortableContext>
      </DndContext>
      {canEdit && (
        <>
          <div>
            <Button
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => set([...sections, { id: newId().slice(0, 12), title: "", description: "" }])}
            >
              Add a section
            </Button>
          </div>
          <SaveBar
            isChanged={draft.isChanged}
            isValid={isValid}
            impact={impactOfOutline(book, slides, sections)}
            onSave={save}
            onReset={draft.reset}
            hint="Only slides of sections that change are put up for review."
          />
        </>
      )}
    </>
  );
}
