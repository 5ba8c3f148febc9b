import { IconLock } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { useStreamState } from "~/lib/stream/BookLive";

import classes from "./ReachBanner.module.css";

/** The book went away while it was open. */
export function AccessLost() {
  const state = useStreamState();
  if (state !== "access_lost" && state !== "deleted") return null;
  return (
    <p role="alert" className={classes["refused"]}>
      <IconLock size={16} aria-hidden />
      <span>
        {state === "deleted"
          ? "This book was deleted. What you see is what was read last."
          : "You no longer have access to this book. Ask the project lead if that is a mistake."}
      </span>
      <Link to="/app/books">To the books</Link>
    </p>
  );
}
