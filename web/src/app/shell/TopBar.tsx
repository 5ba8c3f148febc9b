import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { KeyNames } from "~/lib/keys/KeyNames";

import { isPaletteOpen } from "../palette/openers";
import { AppMenu } from "./AppMenu";
import { PersonMenu } from "./PersonMenu";
import { ReachBanner } from "./ReachBanner";
import { SkipLink } from "./SkipLink";
import classes from "./TopBar.module.css";

interface TopBarProps {
  /** What belongs to this page. */
  children?: ReactNode;
  /** Right before the person. */
  end?: ReactNode;
  /** Set inside a book: its views are in the menu too. */
  cimId?: string;
}

/** The one bar at the top of every page, and below it what is to be known about the connection. */
export function TopBar({ children, end, cimId }: TopBarProps) {
  return (
    <>
      <SkipLink />
      <header className={classes["bar"]}>
        <AppMenu cimId={cimId} />
        <div className={classes["content"]}>{children}</div>
        <div className={classes["end"]}>
          {end}
          {cimId === undefined && (
            <button type="button" className={classes["palette"]} onClick={() => isPaletteOpen.set(true)}>
              <IconSearch size={14} aria-hidden /> Do or find <KeyNames keys="mod+k" />
            </button>
          )}
          <PersonMenu />
        </div>
      </header>
      <ReachBanner />
    </>
  );
}
