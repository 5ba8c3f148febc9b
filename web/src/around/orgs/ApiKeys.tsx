import { Button, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";
import { useSession } from "~/lib/session/useSession";

import classes from "../shared/Around.module.css";
import { may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { Paged } from "../shared/Paged";
import { nameOf } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { type ApiKey, apiKeysQuery, membersQuery, orgKeys } from "./data";
import { NewKey } from "./NewKey";

/** Keys with which machines act for the people who made them. */
export function ApiKeys({ org }: { org: Org }) {
  const apiKeys = useQuery(apiKeysQuery(org.org_id));
  const members = useQuery({ ...membersQuery(org.org_id), enabled: may("members.read", org.role) });
  const [isOpen, { open, close }] = useDisclosure(false);
  if (apiKeys.isError) return <ProblemNote error={apiKeys.error} onRetry={() => void apiKeys.refetch()} />;
  if (apiKeys.isPending) return <PageLoading />;
  const names = new Map(members.data?.map((member) => [member.user_id, nameOf(member)]));
  const make = (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      New key
    </Button>
  );
  return (
    <>
      {apiKeys.data.length === 0 ? (
        <Empty
          title="No keys yet"
          action={make}
          example="“Nightly export”: books.read and books.export, 90 days."
        >
          A key lets a script act for you: at most what its scopes name, and only as long as you may do it
          yourself.
        </Empty>
      ) : (
        <>
          <div className={classes["bar"]}>
            <span className={`${classes["grow"]} ${classes["small"]}`}>
              {may("keys.read", org.role) ? "All keys of the organisation." : "Your own keys."} A key never
              does more than its maker may.
            </span>
            {make}
          </div>
          <Paged rows={apiKeys.data}>
            {(rows) => (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>Begins with</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>May</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>Acts for</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>Last used</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">What can be done</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((key) => (
                    <KeyRow
                      key={key.id}
                      org={org}
                      apiKey={key}
                      maker={names.get(key.created_by)}
                      now={apiKeys.dataUpdatedAt}
                    />
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </Paged>
        </>
      )}
      <NewKey org={org} opened={isOpen} onClose={close} />
    </>
  );
}

interface KeyRowProps {
  org: Org;
  apiKey: ApiKey;
  maker: string | undefined;
  now: number;
}

function KeyRow({ org, apiKey, maker, now }: KeyRowProps) {
  const { personId } = useSession();
  const revoke = useChange(
    () =>
      told(
        api.DELETE("/orgs/{org_id}/keys/{key_id}", {
          params: { path: { org_id: org.org_id, key_id: apiKey.id } },
        }),
      ),
    { touches: [orgKeys.apiKeys(org.org_id)] },
  );
  const isOwn = apiKey.created_by === personId;
  const isOver = new Date(apiKey.expires_at).getTime() <= now;
  const isOpen = apiKey.revoked_at === null && !isOver;
  return (
    <Table.Tr>
      <Table.Td className={classes["name"] ?? ""}>{apiKey.name}</Table.Td>
      <Table.Td className={classes["wideOnly"] ?? ""}>
        <code>{apiKey.prefix}…</code>
      </Table.Td>
      <Table.Td className={`${classes["wideOnly"]} ${classes["small"]}`}>{apiKey.scopes.join(", ")}</Table.Td>
      <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>
        {isOwn ? "you" : (maker ?? "somebody who left")}
      </Table.Td>
      <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>
        {apiKey.last_used_at ? when(apiKey.last_used_at) : "never"}
      </Table.Td>
      <Table.Td>
        <span
          className={classes["state"]}
          data-tone={isOpen ? "good" : undefined}
          title={fullTime(apiKey.revoked_at ?? apiKey.expires_at)}
        >
          {apiKey.revoked_at
            ? "Revoked"
            : isOver
              ? "Expired"
              : `Until ${DAY.format(new Date(apiKey.expires_at))}`}
        </span>
      </Table.Td>
      <Table.Td className={classes["actions"] ?? ""}>
        {isOpen && (isOwn || may("keys.manage", org.role)) && (
          <Sure
            label="Revoke"
            name={`Revoke ${apiKey.name}`}
            title={`Revoke ${apiKey.name}?`}
            change={revoke}
            onSure={() => revoke.mutate()}
          >
            Whatever uses it is refused from then on. That cannot be undone.
          </Sure>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
