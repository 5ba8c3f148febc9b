import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ActionIcon, Text, Textarea, TextInput } from "@mantine/core";
import { IconGripVertical, IconX } from "@tabler/icons-react";

import classes from "./Stage.module.css";

export interface OutlineSection {
  id: string;
  title: string;
  description: string;
}

interface OutlineRowProps {
  section: OutlineSection;
  number: number;
  slides: number;
  canEdit: boolean;
  onChange: (next: OutlineSection) => void;
  onRemove: () => void;
}

export function OutlineRow({ section, number, slides, canEdit, onChange, onRemove }: OutlineRowProps) {
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({
    id: section.id,
    disabled: !canEdit,
  });
  const name = section.title || `section ${number}`;
  return (
    <li
      ref={setNodeRef}
      className={classes["section"]}
      data-dragging={isDragging}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      {canEdit ? (
        <button
          type="button"
          className={classes["grip"]}
          {...attributes}
          {...listeners}
          aria-label={`Move ${name}`}
        >
          <IconGripVertical size={14} aria-hidden />
        </button>
      ) : (
        <span />
      )}
      <span className={classes["number"]}>{number}</span>
      <div className={classes["fields"]}>
        <TextInput
          aria-label={`Title of section ${number}`}
          placeholder="Financials"
          readOnly={!canEdit}
          value={section.title}
          onChange={(event) => onChange({ ...section, title: event.currentTarget.value })}
        />
        <Textarea
          aria-label={`What section ${number} is for`}
          placeholder="What the section has to show"
          autosize
          minRows={1}
          readOnly={!canEdit}
          value={section.description}
          onChange={(event) => onChange({ ...section, description: event.currentTarget.value })}
        />
        <Text size="xs" c="dimmed">
          {slides === 1 ? "1 slide" : `${slides} slides`}
        </Text>
      </div>
      {canEdit && (
        <ActionIcon aria-label={`Remove ${name}`} onClick={onRemove}>
          <IconX size={14} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}
