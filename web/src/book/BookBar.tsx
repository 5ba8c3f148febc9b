import { Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";

import { useBook, useSlides } from "~/api/useBook";
import { PresentPeople } from "~/app/shell/PresentPeople";
import { SaveWords } from "~/app/shell/SaveWords";
import { useChanges } from "~/lib/queue/useCommands";

import { ExportMenu } from "./bar/ExportMenu";
import { FinishButton } from "./bar/FinishButton";
import { StageRail } from "./bar/StageRail";
import classes from "./BookBar.module.css";
import { useMyRights } from "./data/role";

/** What the bar shows in a book: its name and stages, how changes stand, who is here, the way out as a file. */
export function BookBar({ cimId }: { cimId: string }) {
  const book = useBook(cimId);
  const slides = useSlides(cimId);
  const rights = useMyRights(book);
  const changes = useChanges(cimId);
  const isWide = useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  return (
    <div className={classes["bar"]}>
      <Tooltip label={book.title}>
        <Link to="/app/books/$cimId" params={{ cimId }} className={classes["title"]}>
          {book.title}
        </Link>
      </Tooltip>
      {isWide && <StageRail book={book} />}
      <div className={classes["end"]}>
        <SaveWords changes={changes} savedAt={book.updated_at} />
        <PresentPeople
          describe={({ place }) => {
            const title = slides?.find(({ id }) => id === place.slide_id)?.title;
            return title ? `${place.is_editing ? "writing on" : "on"} “${title}”` : null;
          }}
        />
        <ExportMenu book={book} isNarrow={!isWide} />
        {isWide && rights.canLead && <FinishButton book={book} />}
      </div>
    </div>
  );
}
