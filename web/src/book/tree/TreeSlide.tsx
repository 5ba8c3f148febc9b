import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { IconGripVertical, IconMessage } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useEffect, useRef } from "react";

import type { Slide } from "~/api/types";
import type { Present } from "~/lib/presence/presence";
import { nameFrom } from "~/lib/session/session";

import { StatusMark } from "../StatusMark";
import classes from "./BookTree.module.css";

interface TreeSlideProps {
  cimId: string;
  slide: Slide;
  isShown: boolean;
  present: readonly Present[];
  findings: number;
  comments: number;
  canDrag: boolean;
  onOpened: (() => void) | undefined;
}

export const TreeSlide = memo(function TreeSlide(props: TreeSlideProps) {
  const { cimId, slide, isShown, present, canDrag } = props;
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({
    id: slide.id,
    disabled: !canDrag,
  });
  const row = useRef<HTMLLIElement | null>(null);

  useEffect(() => {
    if (isShown) row.current?.scrollIntoView({ block: "nearest" });
  }, [isShown]);

  return (
    <li
      ref={(node) => {
        row.current = node;
        setNodeRef(node);
      }}
      className={classes["slide"]}
      data-shown={isShown}
      data-dragging={isDragging}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      {canDrag && (
        <button
          type="button"
          className={classes["grip"]}
          {...attributes}
          {...listeners}
          aria-label={`Move “${slide.title}”`}
          tabIndex={isShown ? 0 : -1}
        >
          <IconGripVertical size={12} aria-hidden />
        </button>
      )}
      <Link
        to="/app/books/$cimId/slides/$slideId"
        params={{ cimId, slideId: slide.id }}
        className={classes["link"]}
        aria-current={isShown ? "page" : undefined}
        title={slide.title}
        onClick={props.onOpened}
      >
        <StatusMark status={slide.status} />
        <span className={classes["title"]}>{slide.title}</span>
        {props.findings > 0 && (
          <span
            className={classes["finding"]}
            title={`${props.findings} ${props.findings === 1 ? "finding" : "findings"} of the check`}
          >
            {props.findings}
            <span className="visually-hidden"> {props.findings === 1 ? "finding" : "findings"}</span>
          </span>
        )}
        {props.comments > 0 && (
          <span
            className={classes["comments"]}
            title={props.comments === 1 ? "1 open comment" : `${props.comments} open comments`}
          >
            <IconMessage size={12} aria-hidden />
            {props.comments}
            <span className="visually-hidden">
              {" "}
              {props.comments === 1 ? "open comment" : "open comments"}
            </span>
          </span>
        )}
        {present.map(({ pageId, email }) => (
          <span key={pageId} className={classes["person"]} title={`${nameFrom(email)} is here`}>
            {nameFrom(email).slice(0, 1)}
            <span className="visually-hidden">{nameFrom(email)} is here</span>
          </span>
        ))}
      </Link>
    </li>
  );
});
