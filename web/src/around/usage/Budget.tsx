import { Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { ProblemNote } from "~/app/ProblemNote";

import { budgetQuery } from "./data";
import { usd } from "./figures";
import classes from "./Usage.module.css";

const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const NEAR = 0.8;

/** What may be spent this month, and how much of it is. */
export function Budget({ orgId }: { orgId: string }) {
  const budget = useQuery(budgetQuery(orgId));
  if (budget.isError) return <ProblemNote error={budget.error} onRetry={() => void budget.refetch()} />;
  if (budget.isPending) return <div className={classes["budgets"]} aria-busy />;
  const { month, spent_usd, spent_by_you_usd, usd_per_month, usd_per_person_per_month } = budget.data;
  return (
    <section className={classes["budgets"]} aria-label={`Budget of ${MONTH.format(new Date(month))}`}>
      {spent_usd !== null && (
        <Spent title="The organisation, this month" spent={spent_usd} bound={usd_per_month} />
      )}
      <Spent title="You, this month" spent={spent_by_you_usd} bound={usd_per_person_per_month} />
    </section>
  );
}

function Spent({ title, spent, bound }: { title: string; spent: number; bound: number | null }) {
  const share = bound ? spent / bound : 0;
  const state = bound === null ? "none" : share >= 1 ? "over" : share >= NEAR ? "near" : "well";
  const said = {
    none: "No budget is set.",
    over: "The budget is used up: the AI waits for next month, or for a larger budget.",
    near: `${usd((bound ?? 0) - spent)} left; that is not much.`,
    well: `${usd((bound ?? 0) - spent)} left.`,
  }[state];
  return (
    <div className={classes["budget"]} data-state={state}>
      <div className={classes["budgetTitle"]}>{title}</div>
      <div className={classes["amount"]}>
        {usd(spent)}
        {bound !== null && <span> of {usd(bound)}</span>}
      </div>
      {bound !== null && (
        <Progress
          value={Math.min(100, share * 100)}
          size={4}
          color={state === "over" ? "red" : state === "near" ? "yellow" : "accent"}
          aria-label={`${title}: ${Math.round(share * 100)} percent of the budget`}
        />
      )}
      <div className={classes["said"]}>{said}</div>
    </div>
  );
}
