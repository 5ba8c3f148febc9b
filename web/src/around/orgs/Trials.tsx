import { Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";

import classes from "../shared/Around.module.css";
import type { Org } from "../shared/OrgFrame";
import { Paged } from "../shared/Paged";
import { ShownOnce } from "../shared/ShownOnce";
import { trialsQuery } from "./data";

/** Who tries the product here without an account. */
export function Trials({ org }: { org: Org }) {
  const trials = useQuery(trialsQuery(org.org_id));
  if (trials.isError) return <ProblemNote error={trials.error} onRetry={() => void trials.refetch()} />;
  if (trials.isPending) return <PageLoading />;
  const now = trials.dataUpdatedAt;
  return (
    <>
      {org.trial_allowed ? (
        <div style={{ maxWidth: 640, marginBottom: 16 }}>
          <ShownOnce secret={`${window.location.origin}/app/trial/${org.org_id}`} what="Address of the trial">
            Whoever opens it writes one book of their own for 14 days, without an account, and sees nothing
            else of yours.
          </ShownOnce>
        </div>
      ) : (
        <p className={classes["lead"]}>
          Trials are not allowed.{" "}
          <Link to="/app/orgs/$orgId" params={{ orgId: org.org_id }} search={{ tab: "settings" }}>
            The settings
          </Link>{" "}
          can allow them.
        </p>
      )}
      {trials.data.length === 0 ? (
        <Empty title="Nobody tried it yet">Trials and what became of them will be listed here.</Empty>
      ) : (
        <Paged rows={trials.data}>
          {(rows) => (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>Began</Table.Th>
                  <Table.Th className={classes["wideOnly"] ?? ""}>Messages today</Table.Th>
                  <Table.Th>State</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((trial) => (
                  <Table.Tr key={trial.user_id}>
                    <Table.Td>Guest {trial.user_id.slice(-6)}</Table.Td>
                    <Table.Td className={classes["quiet"] ?? ""} title={fullTime(trial.created_at)}>
                      {when(trial.created_at)}
                    </Table.Td>
                    <Table.Td className={classes["wideOnly"] ?? ""}>
                      {trial.messages_today} of {trial.messages_a_day}
                    </Table.Td>
                    <Table.Td>
                      {trial.upgraded_at ? (
                        <span className={classes["state"]} data-tone="good">
                          Made an account
                        </span>
                      ) : Date.parse(trial.expires_at) <= now ? (
                        <span className={classes["state"]}>Over</span>
                      ) : (
                        <span
                          className={classes["state"]}
                          data-tone="wait"
                          title={fullTime(trial.expires_at)}
                        >
                          Until {when(trial.expires_at, now)}
                        </span>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Paged>
      )}
    </>
  );
}
