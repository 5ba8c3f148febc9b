import type { SourceReference } from "~/api/types";

import { Marked } from "../Marked";
import { useSurroundings } from "../slideContext";
import classes from "./Components.module.css";

/** Where something as a whole comes from, below it. */
export function Footnote({ refs }: { refs: readonly SourceReference[] }) {
  const { citations } = useSurroundings();
  const marks = citations.marks(refs);
  return marks ? (
    <p className={classes["footnote"]}>
      Source <Marked text={marks} />
    </p>
  ) : null;
}
