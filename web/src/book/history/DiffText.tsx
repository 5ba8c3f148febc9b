import classes from "./DiffText.module.css";
import { wordDiff } from "./wordDiff";

/** A text with what was taken out struck through and what came in underlined. */
export function DiffText({ before, after }: { before: string; after: string }) {
  return (
    <span className={classes["text"]}>
      {wordDiff(before, after).map(({ text, is }, at) => {
        if (is === "removed") return <del key={at}>{text}</del>;
        if (is === "added") return <ins key={at}>{text}</ins>;
        return <span key={at}>{text}</span>;
      })}
    </span>
  );
}
