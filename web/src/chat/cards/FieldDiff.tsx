import classes from "./Cards.module.css";
import { changesOf, fieldName, inLines, linesOf } from "./fields";

interface FieldDiffProps {
  change: readonly Record<string, unknown>[];
  /** Shown field by field where nothing tells of before and after. */
  otherwise: Record<string, unknown>;
}

/** A change, field by field: what goes is struck through, what comes is underlined. */
export function FieldDiff({ change, otherwise }: FieldDiffProps) {
  const changes = change.length
    ? changesOf(change)
    : Object.entries(otherwise).map(([name, value]) => ({
        field: fieldName(name),
        before: "",
        after: inLines(value),
      }));
  if (changes.length === 0) return null;
  return (
    <dl className={classes["diff"]}>
      {changes.map(({ field, before, after }, at) => (
        <div key={at}>
          <dt>{field}</dt>
          {linesOf(before, after).map(({ is, text }, line) => (
            <dd key={line}>{is === "same" ? text : is === "gone" ? <del>{text}</del> : <ins>{text}</ins>}</dd>
          ))}
          {!before && !after && <dd>empty</dd>}
        </div>
      ))}
    </dl>
  );
}
