import "@fontsource/source-sans-pro/400.css";
import "@fontsource/source-sans-pro/600.css";
import "@fontsource/source-serif-pro/400.css";
import "@fontsource/source-serif-pro/400-italic.css";
import "@fontsource/source-serif-pro/600.css";

import { memo } from "react";

import type { Slide } from "~/api/types";
import { SLIDE_STATUS_NAMES } from "~/lib/words";

import { EditableText } from "./EditableText";
import { NBSP } from "./figures";
import { isPlain } from "./layout";
import { Marked } from "./Marked";
import { fittedSize, useFonts } from "./letters";
import { BANNER_ROOM, BODY_HEIGHT, BODY_WIDTH, PAGE_WIDTH, REFLOWED_WIDTH } from "./page";
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
  /** Of the first of the book, which is its cover where it is a title slide: how far the book is, and of when. */
  coverLine?: string;
  onChange?: ((next: SlideBody) => void) | null;
}

/** A slide as it will be exported: 16:9, the same fonts, colours and places. */
export const SlidePage = memo(function SlidePage(props: SlidePageProps) {
  const { slide, onChange = null } = props;
  const { citations, findings, isReflowed } = useSurroundings();
  const body = bodyOf(slide);
  const own = findings.filter(({ slide_id }) => slide_id === slide.id);
  const isStale = slide.status === "needs_review";
  useFonts();
  const titleMarks = citations.marks(slide.sources);
  const words = titleMarks ? `${slide.title}${NBSP}${titleMarks}` : slide.title;
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
  const isCover = plain && slide.layout_type === "title" && props.coverLine !== undefined;
  const line = citations.line(slide);
  return (
    <div
      className={classes["outer"]}
      data-page
      data-units={isReflowed ? REFLOWED_WIDTH : PAGE_WIDTH}
      data-reflowed={isReflowed}
    >
      {plain ? (
        <div className={classes["page"]} data-kind={isCover ? "cover" : "section"}>
          <div className={classes["band"]} />
          <div className={classes["plain"]}>
            <h2
              data-part="Title"
              style={{ fontSize: `calc(${(isCover ? coverSize : sectionSize)(words)} * var(--u))` }}
            >
              {title}
            </h2>
            {!isCover && props.sectionNumber > 0 && (
              <p className={classes["sectionNumber"]} data-part="Section number">
                {props.sectionNumber}
              </p>
            )}
            <div className={classes["plainText"]}>
              {isCover && slide.components.length === 0 ? (
                <p>Confidential Information Memorandum</p>
              ) : (
                content
              )}
            </div>
          </div>
          {isCover && <CoverFoot line={props.coverLine ?? ""} />}
          {isStale && <Banner slide={slide} />}
          {!isCover && <Furniture {...props} line={line} />}
        </div>
      ) : (
        <div className={classes["page"]} data-kind="content">
          <h2
            className={classes["title"]}
            style={{ fontSize: `calc(${titleSize(words)} * var(--u))` }}
            data-part="Title"
          >
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

/** A title as large as it fits its box. */
function titleSize(title: string): number {
  const sizes = [
    [26, 1],
    [24, 1],
    [22, 1],
    [20, 2],
    [18, 2],
    [16, 2],
    [13, 3],
  ] as const;
  return fittedSize(title, BODY_WIDTH, "serif_bold", sizes);
}

function coverSize(title: string): number {
  return fittedSize(title, 760, "serif", [
    [44, 3],
    [38, 3],
    [32, 3],
    [26, 3],
    [20, 3],
    [16, 6],
  ]);
}

function sectionSize(title: string): number {
  return fittedSize(title, 700, "serif", [
    [38, 2],
    [32, 2],
    [26, 2],
    [20, 2],
    [16, 6],
  ]);
}

function CoverFoot({ line }: { line: string }) {
  return (
    <div className={classes["coverFoot"]} data-part="Confidential">
      <p>{line}</p>
      <p>
        <strong>Private and Confidential</strong>
      </p>
    </div>
  );
}

function Banner({ slide }: { slide: Slide }) {
  const why = slide.stale_reason ? `Needs review: ${WHY_STALE[slide.stale_reason]}` : "Needs review.";
  return (
    <p className={classes["banner"]} data-part="Needs review">
      {why}
    </p>
  );
}

function Furniture({ slide, bookTitle, number, line }: SlidePageProps & { line: string }) {
  return (
    <div className={classes["furniture"]}>
      <p className={classes["sourceLine"]} data-part={line ? "Source line" : undefined}>
        {line && <Marked text={`Source: ${line}`} />}
      </p>
      <div className={classes["footer"]}>
        <span data-part="Footer">{bookTitle} | Confidential</span>
        {slide.status !== "approved" && (
          <strong data-status={slide.status} data-part="Status">
            {SLIDE_STATUS_NAMES[slide.status]}
          </strong>
        )}
        <span>{number}</span>
      </div>
    </div>
  );
}
