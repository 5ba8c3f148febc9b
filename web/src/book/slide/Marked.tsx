import classes from "./FigureText.module.css";

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const RUNS = /([⁰¹²³⁴-⁹]+(?:[\u00a0–…]+[⁰¹²³⁴-⁹]+)*…?)/u;

/** A text whose source numbers are raised; the typefaces of slides lack some of the raised digits. */
export function Marked({ text }: { text: string }) {
  return text.split(RUNS).map((part, at) =>
    at % 2 === 1 ? (
      <sup key={at} className={classes["raised"]}>
        {part.replace(/[⁰¹²³⁴-⁹]/gu, (digit) => String(RAISED.indexOf(digit)))}
      </sup>
    ) : (
      part
    ),
  );
}
