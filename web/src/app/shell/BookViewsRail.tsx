import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { KeyNames } from "~/lib/keys/KeyNames";

import classes from "./BookViewsRail.module.css";
import { BOOK_VIEWS } from "./places";

/** The views of the book, as a slim rail of icons. */
export function BookViewsRail({ cimId }: { cimId: string }) {
  return (
    <nav aria-label="Views of this book" className={classes["rail"]}>
      {BOOK_VIEWS.map(({ title, icon: Icon, to, keys }) => (
        <Tooltip
          key={to}
          position="right"
          label={
            <span className={classes["label"]}>
              {title} <KeyNames keys={keys} />
            </span>
          }
        >
          <Link
            to={to}
            params={{ cimId }}
            className={classes["view"]}
            aria-label={title}
            // The book itself is where its slides and stages are, too; the other views are below its address.
            activeOptions={{ exact: to === "/app/books/$cimId" }}
            activeProps={{ "aria-current": "page" }}
          >
            <Icon size={18} stroke={1.6} aria-hidden />
          </Link>
        </Tooltip>
      ))}
    </nav>
  );
}
