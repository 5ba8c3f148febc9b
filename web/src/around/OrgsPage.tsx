import { Button, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { meQuery } from "~/api/queries";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";
import { useActions } from "~/lib/keys/actions";

import { NewOrg } from "./orgs/NewOrg";
import classes from "./shared/Around.module.css";
import { counted } from "./shared/found";
import { Page } from "./shared/Page";
import { ORG_ROLE_MEANINGS, ORG_ROLE_NAMES } from "./shared/roles";

/** Where the person belongs, and with which role. */
export function OrgsPage() {
  const me = useQuery(meQuery());
  const [isOpen, { open, close }] = useDisclosure(false);
  // Whoever only tries has no organisation until there is an account.
  const mayBegin = me.data !== undefined && me.data.trial === null;
  useActions(
    mayBegin
      ? [{ id: "new-org", title: "New organisation", group: "Organisations", keys: "n", run: open }]
      : [],
  );
  const begin = mayBegin && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      New organisation
    </Button>
  );
  return (
    <Page title="Organisations" actions={begin}>
      {me.isError ? (
        <ProblemNote error={me.error} onRetry={() => void me.refetch()} />
      ) : me.isPending ? (
        <PageLoading />
      ) : me.data.organisations.length === 0 ? (
        <Empty
          title={me.data.trial ? "You are trying it out" : "You belong to no organisation yet"}
          action={begin}
          example="Harbour & Finch: seven people, a team for consumer goods, a project for each mandate."
        >
          {me.data.trial
            ? "An organisation comes with an account: make one in the settings, and your work stays."
            : "An organisation holds your people, projects and deals. Open the invitation that you were sent, or begin one of your own."}
        </Empty>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Your role</Table.Th>
              <Table.Th className={classes["wideOnly"] ?? ""}>What it allows</Table.Th>
              <Table.Th>Projects</Table.Th>
              <Table.Th className={classes["wideOnly"] ?? ""}>Since</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {me.data.organisations.map((org) => (
              <Table.Tr key={org.org_id}>
                <Table.Td>
                  <Link to="/app/orgs/$orgId" params={{ orgId: org.org_id }} className={classes["link"]}>
                    {org.name}
                  </Link>
                </Table.Td>
                <Table.Td>{ORG_ROLE_NAMES[org.role]}</Table.Td>
                <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>
                  {ORG_ROLE_MEANINGS[org.role]}
                </Table.Td>
                <Table.Td className={classes["quiet"] ?? ""}>
                  {counted(me.data.projects.filter(({ org_id }) => org_id === org.org_id).length, "project")}
                </Table.Td>
                <Table.Td
                  className={`${classes["wideOnly"]} ${classes["quiet"]}`}
                  title={fullTime(org.created_at)}
                >
                  {when(org.created_at)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <NewOrg opened={isOpen} onClose={close} />
    </Page>
  );
}
