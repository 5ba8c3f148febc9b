import { SegmentedControl, Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { useSession } from "~/lib/session/useSession";

import { membersQuery } from "../orgs/data";
import classes from "../shared/Around.module.css";
import { counted } from "../shared/found";
import { may, type OrgRole } from "../shared/may";
import { nameOf } from "../shared/roles";
import { Budget } from "./Budget";
import { type UsageGroup, usageQuery } from "./data";
import {
  type Breakdown,
  BREAKDOWNS,
  inUnits,
  lasting,
  type Measure,
  MEASURES,
  points,
  sinceOf,
  type Span,
  SPANS,
  stepOf,
  usd,
  valueOf,
  workName,
} from "./figures";
import usageClasses from "./Usage.module.css";

const UsageChart = lazy(async () => ({ default: (await import("./UsageChart")).UsageChart }));

export interface UsageChoice {
  span: Span;
  by: Breakdown;
  measure: Measure | undefined;
}

interface UsageOfProps {
  orgId: string;
  /** Null for whoever tries it out. */
  orgRole: OrgRole | null;
  choice: UsageChoice;
  onChoose: (choice: Partial<UsageChoice>) => void;
}

/** What the models took: this month's budget, use over time, and who or what took it. */
export function UsageOf({ orgId, orgRole, choice, onChoose }: UsageOfProps) {
  const { span, by } = choice;
  const [now] = useState(Date.now);
  const since = sinceOf(span, now);
  const overTime = useQuery(usageQuery(orgId, since, stepOf(span)));
  const parts = useQuery(usageQuery(orgId, since, by));
  if (overTime.isError) return <ProblemNote error={overTime.error} onRetry={() => void overTime.refetch()} />;
  if (overTime.isPending) return <PageLoading />;
  const { total, items, whose } = overTime.data;
  // Models that cost nothing are told by their calls.
  const measure = choice.measure ?? (total.cost_usd > 0 ? "cost" : "calls");
  return (
    <>
      <Budget orgId={orgId} />
      <div className={classes["bar"]}>
        <SegmentedControl
          aria-label="Span of time"
          data={[...SPANS]}
          value={span}
          onChange={(next) => onChoose({ span: next })}
        />
        <SegmentedControl
          aria-label="What is counted"
          data={[...MEASURES]}
          value={measure}
          onChange={(next) => onChoose({ measure: next })}
        />
      </div>
      {total.calls === 0 ? (
        <Empty
          title="Nothing was used in this time"
          example="Ask the AI in a book, and its calls are counted here within a minute."
        >
          Every call of a model is counted: what it cost, for whom, and for which work.
        </Empty>
      ) : (
        <>
          <p className={usageClasses["total"]} role="status">
            <strong>{usd(total.cost_usd)}</strong> for {counted(total.calls, "call")},{" "}
            {inUnits(total.tokens_in + total.tokens_out, "tokens")} tokens, {lasting(total.seconds)} of
            models&rsquo; time
            {whose === "own" ? ": what you caused. All of it is seen by leads, billing and admins." : "."}
          </p>
          <Suspense fallback={<div style={{ height: 232 }} aria-busy />}>
            <UsageChart points={points(items, { span, since, now, measure })} measure={measure} />
          </Suspense>
          <section className={classes["section"]} aria-labelledby="usage-parts">
            <div className={classes["bar"]}>
              <Title order={2} id="usage-parts" className={classes["grow"] ?? ""}>
                What took it
              </Title>
              <SegmentedControl
                aria-label="Broken down"
                data={[...BREAKDOWNS]}
                value={by}
                onChange={(next) => onChoose({ by: next })}
              />
            </div>
            {parts.isError && <ProblemNote error={parts.error} onRetry={() => void parts.refetch()} />}
            <Parts
              orgId={orgId}
              orgRole={orgRole}
              by={by}
              measure={measure}
              items={parts.data?.items ?? []}
            />
          </section>
        </>
      )}
    </>
  );
}

interface PartsProps {
  orgId: string;
  orgRole: OrgRole | null;
  by: Breakdown;
  measure: Measure;
  items: readonly UsageGroup[];
}

function Parts({ orgId, orgRole, by, measure, items }: PartsProps) {
  const { personId } = useSession();
  const members = useQuery({
    ...membersQuery(orgId),
    enabled: by === "person" && may("members.read", orgRole),
  });
  const names = new Map(members.data?.map((member) => [member.user_id, nameOf(member)]));
  const name = (key: string): string =>
    by === "work"
      ? workName(key)
      : by === "model"
        ? key
        : (names.get(key) ?? (key === personId ? "You" : `Person ${key.slice(-6)}`));
  const rows = items.toSorted((one, other) => valueOf(other, measure) - valueOf(one, measure));
  const sum = rows.reduce((all, item) => all + valueOf(item, measure), 0);
  return (
    <div className={classes["scroll"]}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{by === "work" ? "Work" : by === "model" ? "Model" : "Person"}</Table.Th>
            <Table.Th className={classes["number"] ?? ""}>Share</Table.Th>
            <Table.Th className={classes["number"] ?? ""}>Cost</Table.Th>
            <Table.Th className={classes["number"] ?? ""}>Calls</Table.Th>
            <Table.Th className={`${classes["number"]} ${classes["wideOnly"]}`}>Tokens in</Table.Th>
            <Table.Th className={`${classes["number"]} ${classes["wideOnly"]}`}>Tokens out</Table.Th>
            <Table.Th className={`${classes["number"]} ${classes["wideOnly"]}`}>Time</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((item) => {
            const share = sum > 0 ? valueOf(item, measure) / sum : 0;
            return (
              <Table.Tr key={item.key}>
                <Table.Td className={classes["name"] ?? ""}>{name(item.key)}</Table.Td>
                <Table.Td>
                  <span className={usageClasses["share"]}>
                    <span className={usageClasses["track"]} aria-hidden>
                      <span style={{ width: `${share * 100}%` }} />
                    </span>
                    {Math.round(share * 100)}%
                  </span>
                </Table.Td>
                <Table.Td className={classes["number"] ?? ""}>{usd(item.cost_usd)}</Table.Td>
                <Table.Td className={classes["number"] ?? ""}>{inUnits(item.calls, "calls")}</Table.Td>
                <Table.Td className={`${classes["number"]} ${classes["wideOnly"]}`}>
                  {inUnits(item.tokens_in, "tokens")}
                </Table.Td>
                <Table.Td className={`${classes["number"]} ${classes["wideOnly"]}`}>
                  {inUnits(item.tokens_out, "tokens")}
                </Table.Td>
                <Table.Td className={`${classes["number"]} ${classes["wideOnly"]}`}>
                  {lasting(item.seconds)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
