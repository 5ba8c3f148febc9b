import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconPlus } from "@tabler/icons-react";

import type { Section, Slide } from "~/api/types";

import classes from "./BookTree.module.css";

interface TreeSectionProps {
  section: Section;
  slides: readonly Slide[];
  isOpen: boolean;
  onToggle: () => void;
  onAdd: (() => void) | null;
}

export function TreeSection({ section, slides, isOpen, onToggle, onAdd }: TreeSectionProps) {
  const approved = slides.filter(({ status }) => status === "approved").length;
  const waiting = slides.filter(({ status }) => status === "needs_review").length;
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <div className={classes["sectionRow"]}>
      <button type="button" className={classes["section"]} aria-expanded={isOpen} onClick={onToggle}>
        <Icon size={14} aria-hidden />
        <span className={classes["sectionTitle"]}>{section.title}</span>
        {waiting > 0 && (
          <span className={classes["waiting"]} title={`${waiting} to review`}>
            {waiting}
            <span className="visually-hidden"> to review,</span>
          </span>
        )}
        <span className={classes["count"]} title={`${approved} of ${slides.length} approved`}>
          {approved}/{slides.length}
          <span className="visually-hidden"> approved</span>
        </span>
      </button>
      {onAdd && (
        <Tooltip label="Add a slide">
          <ActionIcon
            size="sm"
            className={classes["add"] ?? ""}
            aria-label={`Add a slide to ${section.title}`}
            onClick={onAdd}
          >
            <IconPlus size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
