import type { SourceReference } from "~/api/types";

import { Marked } from "../Marked";
import { useSurroundings } from "../slideContext";
import classes from "./Components.module.css";

/** Where something as a whole comes from, below it. */
interface FootnoteProps {
  refs: readonly SourceReference[];
  /** As far below as another part of the slide would be. */
  isApart?: boolean;
}

export function Footnote({ refs, isApart = false }: FootnoteProps) {
  const { citations } = useSurroundings();
  const marks = citations.marks(refs);
  return marks ? (
    <p className={classes["footnote"]} data-part="Sources" data-apart={isApart}>
      Source <Marked text={marks} />
    </p>
  ) : null;
}
