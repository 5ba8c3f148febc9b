import { Button, Skeleton, Title } from "@mantine/core";
import { IconAlertTriangle, IconRepeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";

import type { Slide } from "~/api/types";
import { useBook, useSlides } from "~/api/useBook";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { useAiContext, wishToTalk } from "~/app/shell/aiPanel";

import { textOf } from "./likeness";
import { CarriedTable } from "./story/CarriedTable";
import { repetitionsQuery } from "./story/data";
import { type Hole, type Part, PART_NAMES, storyOf, yearsIn, yearsOf } from "./story/story";
import classes from "./story/Story.module.css";
import view from "./View.module.css";
import { ViewHead } from "./ViewHead";

const EXAMPLES = [
  "Which point of the thesis does the book not carry?",
  "Find slides that repeat each other.",
];

const LINE: readonly [Exclude<Part, "hero">, string][] = [
  ["asset", "what was built"],
  ["timing", "why now"],
  ["opportunity", "what comes next"],
];

/** The investment thesis over time and across the sections; what is missing and what is said twice stands out. */
export function StoryArchitect() {
  const { cimId } = useParams({ from: "/workspace/app/books/$cimId/story" });
  const book = useBook(cimId);
  const slides = useSlides(cimId);
  const repetitions = useQuery(repetitionsQuery(cimId)).data;
  const hero = book.artifacts.hero_context?.value ?? null;
  const story = useMemo(
    () => (hero && slides ? storyOf(hero, book.sections, slides) : null),
    [hero, slides, book.sections],
  );
  useAiContext({ title: "Hero concept", mentions: ["hero_context"], examples: EXAMPLES });

  const edit = (
    <Button
      variant="default"
      renderRoot={(props: object) => (
        <Link {...props} to="/app/books/$cimId/stages/$stage" params={{ cimId, stage: "hero_concept" }} />
      )}
    >
      {hero ? "Edit the thesis" : "Write the thesis"}
    </Button>
  );
  if (!slides) return <PageLoading />;
  if (!hero || !story)
    return (
      <Empty
        title="No thesis yet"
        action={edit}
        example="Asset: the brand. Timing: growth led by volume. Opportunity: new markets."
      >
        Once the book has a hero concept and an investment thesis, this page shows which sections and years
        carry it, where it has holes, and what is said twice.
      </Empty>
    );

  return (
    <div className={view["view"]}>
      <ViewHead title="Story architect" lead="Does the book carry its thesis, everywhere and only once?">
        {edit}
      </ViewHead>
      <div className={classes["page"]}>
        <div className={classes["inner"]}>
          <section aria-label="Investment thesis">
            <p className={classes["hero"]}>{hero.selected_hero}</p>
            <ol className={classes["line"]}>
              {LINE.map(([part, when]) => (
                <li key={part}>
                  <h3>
                    {PART_NAMES[part]} <span className={classes["when"]}>{when}</span>
                  </h3>
                  <p>{hero.investment_thesis[part] || "Nothing is said yet."}</p>
                </li>
              ))}
            </ol>
          </section>
          <section aria-label="Holes">
            <Title order={2}>{story.holes.length ? `Holes (${story.holes.length})` : "No holes"}</Title>
            {story.holes.length === 0 && (
              <p className={classes["quiet"]}>
                Every point is on a slide with a figure, and every section carries a point.
              </p>
            )}
            <ul className={classes["list"]}>
              {story.holes.map((hole) => (
                <HoleRow key={hole.key} hole={hole} />
              ))}
            </ul>
          </section>
          <section aria-label="Repetitions">
            <Title order={2}>
              {!repetitions
                ? "Repetitions"
                : repetitions.length
                  ? `Repetitions (${repetitions.length})`
                  : "No repetitions"}
            </Title>
            {!repetitions && <Skeleton height={12} my={10} width="60%" />}
            {repetitions?.length === 0 && (
              <p className={classes["quiet"]}>No two slides say much the same.</p>
            )}
            <ul className={classes["list"]}>
              {repetitions?.map(({ slide_ids: ids, likeness, same_figures: isSame }) => (
                <li key={ids.join(" ")} className={classes["item"]}>
                  <IconRepeat size={14} aria-hidden />
                  <span>
                    <SlideLink cimId={cimId} slides={slides} id={ids[0] ?? ""} /> and{" "}
                    <SlideLink cimId={cimId} slides={slides} id={ids[1] ?? ""} />
                    <span className={classes["part"]}>
                      {Math.round(likeness * 100)}% alike
                      {isSame && ", the same statements or figures"}
                    </span>
                  </span>
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() =>
                      wishToTalk("These two slides say much the same: what should each of them say?", ids)
                    }
                  >
                    Settle with the AI
                  </Button>
                </li>
              ))}
            </ul>
          </section>
          <section aria-label="Across the sections">
            <Title order={2}>Across the sections</Title>
            <CarriedTable
              cimId={cimId}
              label="Thesis by section"
              points={story.points}
              emptyColumn="no point"
              columns={book.sections.map(({ id, title }) => ({
                key: id,
                title,
                holds: ({ section_id }) => section_id === id,
              }))}
            />
          </section>
          <section aria-label="Over time">
            <Title order={2}>Over time</Title>
            {story.years.length === 0 ? (
              <p className={classes["quiet"]}>Neither the thesis nor its slides name a year.</p>
            ) : (
              <CarriedTable
                cimId={cimId}
                label="Thesis by year"
                points={story.points.filter((point) => yearsOf(point).length > 0)}
                columns={story.years.map((year) => ({
                  key: year,
                  title: year,
                  holds: (slide) => yearsIn(textOf(slide)).includes(year),
                  isNamedBy: ({ text }) => yearsIn(text).includes(year),
                }))}
              />
            )}
          </section>
        </div>
      </div>
    </div>
  );
}

function HoleRow({ hole }: { hole: Hole }) {
  return (
    <li className={classes["item"]}>
      <IconAlertTriangle size={14} aria-hidden />
      <span>{hole.words}</span>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Fill with the AI: ${hole.words}`}
        onClick={() =>
          wishToTalk(
            hole.point
              ? `Which slide should carry “${hole.point}”, and with which figure of the documents?`
              : `${hole.words} What belongs there?`,
            hole.sectionId ? [hole.sectionId] : ["hero_context"],
          )
        }
      >
        Fill with the AI
      </Button>
    </li>
  );
}

function SlideLink({ cimId, slides, id }: { cimId: string; slides: readonly Slide[]; id: string }) {
  return (
    <Link to="/app/books/$cimId/slides/$slideId" params={{ cimId, slideId: id }}>
      {slides.find((slide) => slide.id === id)?.title ?? "a slide that is gone"}
    </Link>
  );
}
