import { Button, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";
import { useActions } from "~/lib/keys/actions";

import classes from "../shared/Around.module.css";
import type { Org } from "../shared/OrgFrame";
import { Paged } from "../shared/Paged";
import { ORG_ROLE_NAMES, PROJECT_ROLE_NAMES } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { type Invitation, invitationsQuery, orgKeys } from "./data";
import { Invite } from "./Invite";
import { becameOf } from "./invitations";

/** Links that let somebody in, and what became of them. */
export function Invitations({ org }: { org: Org }) {
  const invitations = useQuery(invitationsQuery(org.org_id));
  const [isOpen, { open, close }] = useDisclosure(false);
  useActions([{ id: "invite", title: "Invite somebody", group: "Organisation", keys: "n", run: open }]);
  const invite = (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      Invite somebody
    </Button>
  );
  return (
    <>
      {invitations.isError ? (
        <ProblemNote error={invitations.error} onRetry={() => void invitations.refetch()} />
      ) : invitations.isPending ? (
        <PageLoading />
      ) : invitations.data.length === 0 ? (
        <Empty
          title="Nobody was invited yet"
          action={invite}
          example="A link for priya@example.com, as a member who edits Project Bluecan, open for 7 days."
        >
          An invitation is a link that opens once. Send it in a way of your own.
        </Empty>
      ) : (
        <>
          <div className={classes["bar"]} style={{ justifyContent: "flex-end" }}>
            {invite}
          </div>
          <Paged rows={invitations.data}>
            {(rows) => (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>For</Table.Th>
                    <Table.Th>As</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>Made</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">What can be done</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((invitation) => (
                    <InvitationRow
                      key={invitation.id}
                      org={org}
                      invitation={invitation}
                      now={invitations.dataUpdatedAt}
                    />
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </Paged>
        </>
      )}
      <Invite org={org} opened={isOpen} onClose={close} />
    </>
  );
}

function InvitationRow({ org, invitation, now }: { org: Org; invitation: Invitation; now: number }) {
  const revoke = useChange(
    () =>
      told(
        api.DELETE("/orgs/{org_id}/invitations/{invitation_id}", {
          params: { path: { org_id: org.org_id, invitation_id: invitation.id } },
        }),
      ),
    { touches: [orgKeys.invitations(org.org_id)] },
  );
  const { word, tone, isOpen } = becameOf(invitation, now);
  const whom = invitation.email ?? "Whoever has the link";
  return (
    <Table.Tr>
      <Table.Td className={classes["name"] ?? ""}>{whom}</Table.Td>
      <Table.Td>
        {ORG_ROLE_NAMES[invitation.org_role]}
        {invitation.project_role && (
          <span className={classes["small"]}>
            {" "}
            and {PROJECT_ROLE_NAMES[invitation.project_role].toLowerCase()} in a project
          </span>
        )}
      </Table.Td>
      <Table.Td>
        <span
          className={classes["state"]}
          data-tone={tone}
          title={isOpen ? `until ${fullTime(invitation.expires_at)}` : undefined}
        >
          {word}
        </span>
      </Table.Td>
      <Table.Td
        className={`${classes["wideOnly"]} ${classes["quiet"]}`}
        title={fullTime(invitation.created_at)}
      >
        {when(invitation.created_at)}
      </Table.Td>
      <Table.Td className={classes["actions"] ?? ""}>
        {isOpen && (
          <Sure
            label="Take back"
            name={`Take back the invitation of ${whom}`}
            title="Take the invitation back?"
            change={revoke}
            onSure={() => revoke.mutate()}
          >
            The link opens nothing from then on.
          </Sure>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
