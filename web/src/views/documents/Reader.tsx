import { Button, Switch, Title } from "@mantine/core";
import { IconArrowLeft, IconMessage2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";

import { passagesQuery } from "~/api/queries";
import type { Slide, Source, SourcePassage } from "~/api/types";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { wishToTalk } from "~/app/shell/aiPanel";
import type { NameOf } from "~/book/data/people";
import { isFigureText } from "~/book/slide/figures";
import { when } from "~/lib/dates";

import { type Block, blocksOf } from "./blocks";
import { sizeOf } from "./DocumentList";
import classes from "./Documents.module.css";
import { MarkedText } from "./MarkedText";
import { type SlidesOfPassage, slidesByPassage } from "./used";

const AFTER_THE_ROUTER_MS = 120;

interface ReaderProps {
  source: Source;
  slides: readonly Slide[];
  passageId: string | undefined;
  mark: string | undefined;
  nameOf: NameOf;
}

/** A document to read: the passages that slides rest on are marked, the one that a link names is shown. */
export function Reader({ source, slides, passageId, mark, nameOf }: ReaderProps) {
  const passages = useQuery({ ...passagesQuery(source.id), enabled: source.status === "ready" });
  const [onlyUsed, setOnlyUsed] = useState(false);
  const used = useMemo(() => slidesByPassage(slides), [slides]);
  const all = passages.data;
  const usedHere = all?.filter(({ passage_id }) => used.has(passage_id)).length ?? 0;
  const chosenId = passageId ?? (mark && all ? holding(all, mark) : undefined);
  const shown = useMemo(
    () => blocksOf((all ?? []).filter(({ passage_id: id }) => !onlyUsed || used.has(id) || id === chosenId)),
    [all, onlyUsed, used, chosenId],
  );
  const scroll = useRef<HTMLDivElement>(null);
  const isRead = all !== undefined;
  useEffect(() => {
    if (!isRead || !chosenId) return;
    const show = (): void => {
      const place = scroll.current?.querySelector(`[data-passage="${CSS.escape(chosenId)}"]`);
      (place?.querySelector("mark") ?? place)?.scrollIntoView({ block: "center" });
    };
    show();
    // Coming back, the router puts the page where it was a moment later.
    const later = setTimeout(show, AFTER_THE_ROUTER_MS);
    return () => clearTimeout(later);
  }, [isRead, chosenId, mark]);

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key
    <div ref={scroll} className={classes["scroll"]} role="region" aria-label={source.name} tabIndex={0}>
      <article className={classes["reader"]}>
        <Link
          to="/app/books/$cimId/documents"
          params={{ cimId: source.cim_id }}
          search={{}}
          className={classes["back"]}
        >
          <IconArrowLeft size={14} aria-hidden /> All documents
        </Link>
        <header className={classes["about"]}>
          <Title order={2}>{source.name}</Title>
          {usedHere > 0 && (
            <Switch
              size="xs"
              label={`Only the ${usedHere === 1 ? "one passage" : `${usedHere} passages`} used on slides`}
              checked={onlyUsed}
              onChange={(event) => setOnlyUsed(event.currentTarget.checked)}
            />
          )}
          <Button
            variant="default"
            leftSection={<IconMessage2 size={14} aria-hidden />}
            onClick={() => wishToTalk("", [source.id])}
          >
            Ask about it
          </Button>
        </header>
        <p className={classes["state"]}>
          {sizeOf(source.size)}, uploaded by {nameOf(source.created_by)}, {when(source.created_at)}
        </p>
        {source.status !== "ready" && (
          <Empty title={source.status === "refused" ? "Not readable" : "Being read"}>
            {source.status === "refused"
              ? source.problem
              : "Its passages and facts appear here by themselves as soon as it has been read."}
          </Empty>
        )}
        {passages.isError && <ProblemNote error={passages.error} onRetry={() => void passages.refetch()} />}
        {passages.isLoading && <PageLoading />}
        {all && passageId && !all.some(({ passage_id: id }) => id === passageId) && (
          <p role="status" className={classes["missing"]}>
            The passage that the link names is not in this document any more.
          </p>
        )}
        {shown.map((block) => (
          <BlockView
            key={block.key}
            block={block}
            used={used}
            cimId={source.cim_id}
            chosenId={chosenId}
            mark={mark}
          />
        ))}
      </article>
    </div>
  );
}

function holding(passages: readonly SourcePassage[], mark: string): string | undefined {
  return passages.find(({ text }) => text.includes(mark))?.passage_id;
}

interface BlockProps {
  block: Block;
  used: SlidesOfPassage;
  cimId: string;
  chosenId: string | undefined;
  mark: string | undefined;
}

function BlockView({ block, used, cimId, chosenId, mark }: BlockProps) {
  if (block.is === "heading") return <h3 className={classes["heading"]}>{block.text}</h3>;
  if (block.is === "table") return <TableBlock {...{ block, used, cimId, chosenId, mark }} />;
  const { passage, lines } = block;
  const slides = used.get(passage.passage_id) ?? [];
  const isChosen = passage.passage_id === chosenId;
  return (
    <div className={classes["passage"]} data-passage={passage.passage_id}>
      <div
        className={classes["words"]}
        data-used={slides.length > 0 || undefined}
        data-chosen={isChosen || undefined}
        aria-current={isChosen ? "location" : undefined}
        title={passage.locator}
      >
        {lines.map((line, at) => (
          <p key={at}>
            <MarkedText text={line} mark={isChosen ? mark : undefined} />
          </p>
        ))}
      </div>
      <UsedOn slides={slides} cimId={cimId} />
    </div>
  );
}

function TableBlock({
  block,
  used,
  cimId,
  chosenId,
  mark,
}: BlockProps & { block: Extract<Block, { is: "table" }> }) {
  const isFigures = block.columns.map((_, at) => {
    const cells = block.rows.map(({ cells: row }) => row[at + 1] ?? "").filter(Boolean);
    return cells.length > 0 && cells.filter(isFigureText).length >= cells.length / 2;
  });
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key
    <div className={classes["wide"]} role="region" aria-label={block.caption || "Table"} tabIndex={0}>
      <table className={classes["table"]}>
        {block.caption && <caption>{block.caption}</caption>}
        <thead>
          <tr>
            <td />
            {block.columns.map((name, at) => (
              <th key={at} scope="col" data-figure={isFigures[at] || undefined}>
                {name}
              </th>
            ))}
            <th scope="col">Used on</th>
          </tr>
        </thead>
        <tbody>
          {block.rows.map(({ passage, cells }) => {
            const slides = used.get(passage.passage_id) ?? [];
            const isChosen = passage.passage_id === chosenId;
            const [label, ...others] = cells;
            return (
              <tr
                key={passage.passage_id}
                data-passage={passage.passage_id}
                data-used={slides.length > 0 || undefined}
                data-chosen={isChosen || undefined}
                aria-current={isChosen ? "location" : undefined}
                title={passage.locator}
              >
                <th scope="row">{label}</th>
                {others.map((cell, at) => (
                  <td key={at} data-figure={isFigures[at] || undefined}>
                    <MarkedText text={cell} mark={isChosen ? mark : undefined} />
                  </td>
                ))}
                <td>
                  <UsedOn slides={slides} cimId={cimId} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const MOST_NAMED = 2;

function UsedOn({ slides, cimId }: { slides: readonly Slide[]; cimId: string }) {
  const [isOpen, setOpen] = useState(false);
  if (slides.length === 0) return <span />;
  const named = isOpen ? slides : slides.slice(0, MOST_NAMED);
  return (
    <div className={classes["used"]}>
      {named.map(({ id, title }) => (
        <Link
          key={id}
          to="/app/books/$cimId/slides/$slideId"
          params={{ cimId, slideId: id }}
          title={`Used on “${title}”`}
        >
          <span className="visually-hidden">Used on </span>
          {title}
        </Link>
      ))}
      {slides.length > named.length && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setOpen(true)}>
          {slides.length - named.length} more
        </Button>
      )}
    </div>
  );
}
