import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { meQuery } from "~/api/queries";
import { fullTime } from "~/lib/dates";

import classes from "./Joining.module.css";

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });

/** How long a trial goes on, and how to keep the work. Nothing for everybody else. */
export function TrialNotice() {
  const { data: me, dataUpdatedAt } = useQuery(meQuery());
  if (!me?.trial) return null;
  const { expires_at, messages_a_day, messages_today } = me.trial;
  const isOver = Date.parse(expires_at) <= dataUpdatedAt;
  return (
    <p className={classes["notice"]} role="status">
      <span title={fullTime(expires_at)}>
        {isOver
          ? "Your trial is over; your work is kept."
          : `You are trying it out until ${DAY.format(new Date(expires_at))}, with ${Math.max(0, messages_a_day - messages_today)} messages to the AI left today.`}
      </span>{" "}
      <Link to="/app/settings" className={classes["link"]}>
        Make an account to keep your work
      </Link>
    </p>
  );
}
