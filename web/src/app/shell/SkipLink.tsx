import { PAGE_ID } from "./places";
import classes from "./TopBar.module.css";

/** The first stop of the Tab key: past the bar and the lists, to the page itself. */
export function SkipLink() {
  return (
    <a
      href={`#${PAGE_ID}`}
      className={classes["skip"]}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(PAGE_ID)?.focus();
      }}
    >
      To the page
    </a>
  );
}
