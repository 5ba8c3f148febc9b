import { Link, Outlet } from "@tanstack/react-router";

import { TrialNotice } from "~/around/joining/TrialNotice";

import classes from "./AroundLayout.module.css";
import { PAGE_ID, PLACES } from "./places";
import { TopBar } from "./TopBar";

/** Pages around the books: the bar with the list of places, the page below it. */
export function AroundLayout() {
  return (
    <div className={classes["frame"]}>
      <div>
        <TopBar>
          <nav aria-label="Places" className={classes["places"]}>
            {PLACES.map(({ title, to }) => (
              <Link key={to} to={to} className={classes["place"]} activeProps={{ "aria-current": "page" }}>
                {title}
              </Link>
            ))}
          </nav>
        </TopBar>
        <TrialNotice />
      </div>
      <main id={PAGE_ID} tabIndex={-1} className={classes["page"]}>
        <Outlet />
      </main>
    </div>
  );
}
