import "@fontsource/source-sans-pro/400.css";
import "@fontsource/source-sans-pro/600.css";
import "@fontsource/source-serif-pro/400.css";
import "@fontsource/source-serif-pro/400-italic.css";
import "@fontsource/source-serif-pro/600.css";

import { memo } from "react";

import type { Slide } from "~/api/types";
import { SLIDE_STATUS_NAMES } from "~/lib/words";

import { EditableText } from "./EditableText";
import { isPlain } from "./layout";
import { Marked } from "./Marked";
import { BANNER_ROOM, BODY_HEIGHT, PAGE_WIDTH, REFLOWED_WIDTH } from "./page";
import { bodyOf, type SlideBody } from "./slideBody";
import { SlideBodyView } from "./SlideBodyView";
import classes from "./SlidePage.module.css";
import { useSurroundings } from "./slideContext";

const WHY_STALE = {
  welcome_changed: "the starting point of the book was reopened after this slide was written.",
  buyer_persona_changed: "the buyer persona changed after this slide was written.",
  hero_concept_changed: "the hero concept changed after this slide was written.",
  outline_changed: "the outline changed after this slide was written.",
} as const;

interface SlidePageProps {
  slide: Slide;
  bookTitle: string;
  number: number;
  sectionNumber: number;
  /** Whether it is the first of the book: a title slide is its cover then. */
  isFirst?: boolean;
  onChange?: ((next: SlideBody) => void) | null;
}

/** A slide as it will be exported: 16:9, the same fonts, colours and places. */
export const SlidePage = memo(function SlidePage(props: SlidePageProps) {
  const { slide, onChange = null } = props;
  const { citations, findings, isReflowed } = useSurroundings();
  const body = bodyOf(slide);
  const own = findings.filter(({ slide_id }) => slide_id === slide.id);
  const isStale = slide.status === "needs_review";
  const title = (
    <EditableText
      value={slide.title}
      label="Title"
      refs={slide.sources}
      findings={own.filter(({ component_id }) => component_id === "")}
      onChange={onChange && ((text) => onChange({ ...body, title: text.replace(/\s+/g, " ") }))}
    />
  );
  const content = (
    <SlideBodyView
      body={slide}
      findings={own}
      room={BODY_HEIGHT - (isStale ? BANNER_ROOM : 0)}
      onChange={onChange && ((components) => onChange({ ...body, components: [...components] }))}
    />
  );
  const plain = isPlain(slide.layout_type, slide.components);
  const line = citations.line(slide);
  return (
    <div
      className={classes["outer"]}
      data-page
      data-units={isReflowed ? REFLOWED_WIDTH : PAGE_WIDTH}
      data-reflowed={isReflowed}
    >
      {plain ? (
        <div
          className={classes["page"]}
          data-kind={props.isFirst && slide.layout_type === "title" ? "cover" : "section"}
        >
          <div className={classes["band"]} />
          {isStale && <Banner slide={slide} />}
          <div className={classes["plain"]}>
            <h2>{title}</h2>
            <div className={classes["plainText"]}>{content}</div>
          </div>
          <Furniture {...props} line="" />
        </div>
      ) : (
        <div className={classes["page"]} data-kind="content">
          <h2 className={classes["title"]} style={{ fontSize: `calc(${titleSize(slide.title)} * var(--u))` }}>
            <span>{title}</span>
          </h2>
          <div className={classes["rule"]} />
          {isStale && <Banner slide={slide} />}
          <div className={classes["frame"]} data-stale={isStale}>
            {content}
          </div>
          <Furniture {...props} line={line} />
        </div>
      )}
    </div>
  );
});

/** The title as large as it fits the title box: about as the export does it, by its length. */
function titleSize(title: string): number {
  const sizes = [
    [26, 66],
    [24, 72],
    [22, 79],
    [20, 172],
    [18, 192],
    [16, 216],
  ] as const;
  return sizes.find(([, most]) => title.length <= most)?.[0] ?? 13;
}

function Banner({ slide }: { slide: Slide }) {
  const why = slide.stale_reason ? `Needs review: ${WHY_STALE[slide.stale_reason]}` : "Needs review.";
  return <p className={classes["banner"]}>{why}</p>;
}

function Furniture({ slide, bookTitle, number, line }: SlidePageProps & { line: string }) {
  return (
    <div className={classes["furniture"]}>
      <p className={classes["sourceLine"]}>{line && <Marked text={`Source: ${line}`} />}</p>
      <div className={classes["footer"]}>
        <span>{bookTitle} | Confidential</span>
        {slide.status !== "approved" && (
          <strong data-status={slide.status}>{SLIDE_STATUS_NAMES[slide.status]}</strong>
        )}
        <span>{number}</span>
      </div>
    </div>
  );
}
