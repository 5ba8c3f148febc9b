import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

import type { Book, Slide } from "~/api/types";
import { useMyPlace } from "~/lib/presence/usePresence";

import { inReadingOrder, type SectionSlides } from "./data/order";
import classes from "./ReadingView.module.css";
import { coverLine } from "./slide/cover";
import { SlidePage } from "./slide/SlidePage";
import { StatusMark } from "./StatusMark";

const NEAR = "1500px 0px";

/** The whole book to read through, slide below slide; a slide is drawn when it comes near. */
export function ReadingView({ book, groups }: { book: Book; groups: readonly SectionSlides[] }) {
  useMyPlace({ view: "book" });
  const order = inReadingOrder(groups);
  const numbers = new Map(order.map(({ id }, at) => [id, at + 1]));
  return (
    <div className={classes["reading"]}>
      {groups.map(({ section, slides }, at) => (
        <section key={section.id} aria-label={section.title}>
          <Title order={2} className={classes["section"] ?? ""}>
            {at + 1} {section.title}
          </Title>
          {slides.map((slide) => (
            <ReadSlide
              key={slide.id}
              cimId={book.id}
              bookTitle={book.title}
              slide={slide}
              number={numbers.get(slide.id) ?? 0}
              sectionNumber={at + 1}
              {...(slide === order[0] ? { coverLine: coverLine(book) } : {})}
            />
          ))}
        </section>
      ))}
    </div>
  );
}

interface ReadSlideProps {
  cimId: string;
  bookTitle: string;
  slide: Slide;
  number: number;
  sectionNumber: number;
  coverLine?: string;
}

const ReadSlide = memo(function ReadSlide({ cimId, ...shown }: ReadSlideProps) {
  const { slide, number } = shown;
  const frame = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);

  // What is printed is drawn, however far it is.
  useEffect(() => {
    const draw = (): void => flushSync(() => setNear(true));
    window.addEventListener("beforeprint", draw);
    return () => window.removeEventListener("beforeprint", draw);
  }, []);

  useEffect(() => {
    const node = frame.current;
    if (!node || isNear) return;
    const middle = node.closest("[data-middle]");
    const root = middle && getComputedStyle(middle).overflowY === "auto" ? middle : node.closest("main");
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setNear(true);
      },
      { root, rootMargin: NEAR },
    );
    watcher.observe(node);
    return () => watcher.disconnect();
  }, [isNear]);

  return (
    <div ref={frame} className={classes["slide"]}>
      <div className={classes["line"]}>
        <Link to="/app/books/$cimId/slides/$slideId" params={{ cimId, slideId: slide.id }}>
          {number} {slide.title}
        </Link>
        <StatusMark status={slide.status} withWord />
      </div>
      <div className={classes["paper"]}>{isNear && <SlidePage {...shown} />}</div>
    </div>
  );
});
