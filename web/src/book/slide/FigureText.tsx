import { HoverCard } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";

import type { Finding, SourceReference } from "~/api/types";

import { digitsOf, NBSP, piecesOf } from "./figures";
import classes from "./FigureText.module.css";
import { Marked } from "./Marked";
import { SourceCard } from "./SourceCard";
import { useSurroundings } from "./slideContext";

interface FigureTextProps {
  text: string;
  refs: readonly SourceReference[];
  /** Set where the whole text is one figure, such as a cell or a metric. */
  isFigure?: boolean;
  /** What a check found in this part. */
  findings?: readonly Finding[];
  /** Whether the numbers of the sources follow the text. */
  marks?: boolean;
}

/** A text whose figures show where they come from; those without a source are underlined in red. */
export function FigureText({ text, refs, isFigure = false, findings = [], marks = true }: FigureTextProps) {
  const { citations } = useSurroundings();
  const numbers = marks ? citations.marks(refs) : "";
  const set = (words: string): ReactNode =>
    (isFigure ? [{ text: words, isFigure: /\d/.test(words) }] : piecesOf(words)).map((piece, at) =>
      piece.isFigure ? (
        <Figure key={at} text={piece.text} refs={refs} finding={findingOf(findings, piece.text)} />
      ) : (
        piece.text
      ),
    );
  const raised = numbers && (
    <span className={classes["marks"]} data-marks aria-hidden>
      {text && NBSP}
      <Marked text={numbers} />
    </span>
  );
  if (!text.trim().includes("\n"))
    return (
      <>
        {set(text)}
        {raised}
      </>
    );
  // The breaks stay in the text: a place in it is counted in letters.
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return lines.map((line, at) => (
    <span key={at} className={line.trim() ? classes["paragraph"] : classes["blank"]}>
      {set(line)}
      {at === last && raised}
      {at < lines.length - 1 && "\n"}
    </span>
  ));
}

function findingOf(findings: readonly Finding[], text: string): Finding | undefined {
  const digits = digitsOf(text);
  return findings.find(
    ({ figure, accepted }) => !accepted && (figure ? digitsOf(figure) === digits : digits !== ""),
  );
}

/** Those sources whose words hold the figure; all of them where none does. */
export function refsOf(text: string, refs: readonly SourceReference[]): readonly SourceReference[] {
  const digits = digitsOf(text);
  const exact = refs.filter(({ quote }) => quote && quote.replaceAll(",", "").includes(digits));
  return exact.length ? exact : refs;
}

interface FigureProps {
  text: string;
  refs: readonly SourceReference[];
  finding: Finding | undefined;
}

function Figure({ text, refs, finding }: FigureProps) {
  const { passageHref, openPassage } = useSurroundings();
  const isUnsourced = refs.length === 0 || finding?.kind === "unsupported_figure";
  const isContradicted = finding?.kind === "contradicted_figure";
  const found = refsOf(text, refs);
  const first = found[0];
  const mood = isContradicted
    ? classes["contradicted"]
    : isUnsourced
      ? classes["unsourced"]
      : classes["sourced"];
  const open = (event: MouseEvent): void => {
    if (!first || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    openPassage(first, text);
  };
  return (
    <HoverCard
      openDelay={180}
      closeDelay={80}
      width={340}
      shadow="md"
      withinPortal
      position="top"
      keepMounted={false}
      withRoles={false}
    >
      <HoverCard.Target>
        {first ? (
          <a
            className={`${classes["figure"] ?? ""} ${mood ?? ""}`}
            href={passageHref(first, text)}
            tabIndex={-1}
            data-figure={isUnsourced ? "unsourced" : isContradicted ? "contradicted" : "sourced"}
            onClick={open}
          >
            {text}
          </a>
        ) : (
          <span className={`${classes["figure"] ?? ""} ${mood ?? ""}`} data-figure="unsourced">
            {text}
          </span>
        )}
      </HoverCard.Target>
      <HoverCard.Dropdown p="xs">
        <SourceCard figure={text} refs={found} finding={finding} />
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
