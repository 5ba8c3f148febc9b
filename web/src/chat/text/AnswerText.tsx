import { Tooltip } from "@mantine/core";
import { Fragment, memo, type ReactNode, useMemo } from "react";

import type { Citation } from "../data";
import classes from "./AnswerText.module.css";
import { type Block, blocks, type Inline, marked } from "./blocks";
import { CitationLink } from "./CitationLink";

interface AnswerTextProps {
  cimId: string;
  text: string;
  citations: readonly Citation[];
  unsupported: readonly string[];
}

/** An answer as people read it: words, lists, tables; numbered citations; figures without a source marked. */
export const AnswerText = memo(function AnswerText({ cimId, text, citations, unsupported }: AnswerTextProps) {
  const found = useMemo(() => blocks(text), [text]);
  const words = (parts: readonly Inline[]): ReactNode =>
    parts.map((part, at) => <Fragment key={at}>{word(part)}</Fragment>);
  const word = (part: Inline): ReactNode => {
    switch (part.is) {
      case "text":
        return marked(part.text, unsupported).map(({ text: piece, isMarked }, at) =>
          isMarked ? <Unsupported key={at} figure={piece} /> : <Fragment key={at}>{piece}</Fragment>,
        );
      case "strong":
        return <strong>{words(part.parts)}</strong>;
      case "emphasis":
        return <em>{words(part.parts)}</em>;
      case "code":
        return <code className={classes["code"]}>{part.text}</code>;
      case "link":
        return (
          <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        );
      case "cite":
        return <CitationLink cimId={cimId} name={part.ref} citations={citations} />;
    }
  };
  return (
    <div className={classes["text"]}>
      {found.map((block, at) => (
        <BlockView key={at} block={block} words={words} />
      ))}
    </div>
  );
});

function BlockView({ block, words }: { block: Block; words: (parts: readonly Inline[]) => ReactNode }) {
  switch (block.is) {
    case "paragraph":
      return (
        <p>
          {block.lines.map((line, at) => (
            <Fragment key={at}>
              {at > 0 && <br />}
              {words(line)}
            </Fragment>
          ))}
        </p>
      );
    case "heading":
      return (
        <p>
          <strong>{words(block.parts)}</strong>
        </p>
      );
    case "code":
      return <pre className={classes["block"]}>{block.text}</pre>;
    case "list": {
      const items = block.items.map((item, at) => <li key={at}>{words(item)}</li>);
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key
        <div className={classes["wide"]} role="region" aria-label="Table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, at) => (
                  <th key={at} scope="col">
                    {words(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column}>{words(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

function Unsupported({ figure }: { figure: string }) {
  return (
    <Tooltip label="No document bears this figure out.">
      <span className={classes["unsupported"]}>
        {figure}
        <span className="visually-hidden"> (no document bears this out)</span>
      </span>
    </Tooltip>
  );
}
