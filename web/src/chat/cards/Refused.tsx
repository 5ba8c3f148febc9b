import { inWords } from "~/api/problem";

import classes from "./Cards.module.css";

/** What did not go through, where it was tried. */
export function Refused({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const { sentence, next } = inWords(error);
  return (
    <div role="alert" className={classes["refused"]}>
      {sentence} {next}
    </div>
  );
}
