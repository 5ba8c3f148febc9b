import { Fragment } from "react";

import { marked } from "./marks";

export function MarkedText({ text, mark }: { text: string; mark?: string | undefined }) {
  return marked(text, mark).map(({ text: piece, isMarked }, at) =>
    isMarked ? <mark key={at}>{piece}</mark> : <Fragment key={at}>{piece}</Fragment>,
  );
}
