import { Select, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { inWords } from "~/api/problem";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";
import { useSession } from "~/lib/session/useSession";

import classes from "../shared/Around.module.css";
import { Find } from "../shared/Find";
import { counted, found } from "../shared/found";
import { may, type OrgRole } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { Paged } from "../shared/Paged";
import { nameOf, ORG_ROLE_MEANINGS, ORG_ROLE_NAMES, ORG_ROLES } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { type Member, membersQuery, orgKeys } from "./data";

/** Who belongs to the organisation, and with which role. */
export function Members({ org }: { org: Org }) {
  const members = useQuery(membersQuery(org.org_id));
  const [words, setWords] = useState("");
  const [role, setRole] = useState<OrgRole | null>(null);
  if (members.isError) return <ProblemNote error={members.error} onRetry={() => void members.refetch()} />;
  if (members.isPending) return <PageLoading />;
  const rows = found(members.data, words, (member) => `${nameOf(member)} ${member.email ?? ""}`).filter(
    (member) => role === null || member.role === role,
  );
  return (
    <>
      <div className={classes["bar"]}>
        <Find label="Find by name or address" value={words} onChange={setWords} />
        <Select
          aria-label="Role"
          placeholder="Every role"
          data={ORG_ROLES.map((value) => ({ value, label: ORG_ROLE_NAMES[value] }))}
          value={role}
          onChange={setRole}
          clearable
          w={130}
        />
        <span role="status" className={classes["count"]}>
          {counted(rows.length, "member")}
        </span>
      </div>
      <Paged rows={rows}>
        {(shown) => (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th className={classes["wideOnly"] ?? ""}>Address</Table.Th>
                <Table.Th className={classes["role"] ?? ""}>Role</Table.Th>
                <Table.Th className={classes["wideOnly"] ?? ""}>Since</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">What can be done</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((member) => (
                <MemberRow key={member.user_id} org={org} member={member} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Paged>
      {rows.length === 0 && <p className={classes["quiet"]}>Nobody like that.</p>}
    </>
  );
}

function MemberRow({ org, member }: { org: Org; member: Member }) {
  const { personId } = useSession();
  const isMe = member.user_id === personId;
  const name = nameOf(member);
  const path = { org_id: org.org_id, user_id: member.user_id };
  const touches = [orgKeys.members(org.org_id), ...(isMe ? [keys.me()] : [])];
  const change = useChange(
    (role: OrgRole) =>
      told(api.PATCH("/orgs/{org_id}/members/{user_id}", { params: { path }, body: { role } })),
    { touches },
  );
  const remove = useChange(() => told(api.DELETE("/orgs/{org_id}/members/{user_id}", { params: { path } })), {
    touches,
  });
  const isOwnerToOthers = member.role === "owner" && !may("owners.manage", org.role);
  const mayChange = may("members.manage", org.role) && !isOwnerToOthers;
  const roles = ORG_ROLES.filter((role) => role !== "owner" || may("owners.manage", org.role));
  return (
    <Table.Tr>
      <Table.Td className={classes["name"] ?? ""}>
        {name} {isMe && <span className={classes["small"]}>you</span>}
      </Table.Td>
      <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>{member.email}</Table.Td>
      <Table.Td>
        {mayChange ? (
          <Select
            aria-label={`Role of ${name}`}
            data={roles.map((value) => ({ value, label: ORG_ROLE_NAMES[value] }))}
            renderOption={({ option }) => (
              <span>
                {option.label}
                <br />
                <span className={classes["small"]}>{ORG_ROLE_MEANINGS[option.value]}</span>
              </span>
            )}
            comboboxProps={{ width: 280, position: "bottom-start" }}
            value={change.isPending ? change.variables : member.role}
            onChange={(role) => {
              if (role && role !== member.role) change.mutate(role);
            }}
            allowDeselect={false}
            disabled={change.isPending}
          />
        ) : (
          <span title={isOwnerToOthers ? "Only owners change owners." : undefined}>
            {ORG_ROLE_NAMES[member.role]}
          </span>
        )}
        <span role="status" className={change.isError ? classes["wrong"] : classes["small"]}>
          {change.isPending && "saving"}
          {change.isSuccess && "saved"}
          {change.isError && `${inWords(change.error).sentence} ${inWords(change.error).next}`}
        </span>
      </Table.Td>
      <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`} title={fullTime(member.created_at)}>
        {when(member.created_at)}
      </Table.Td>
      <Table.Td className={classes["actions"] ?? ""}>
        {mayChange && !isMe && (
          <Sure
            label="Remove"
            name={`Remove ${name}`}
            title={`Remove ${name}?`}
            change={remove}
            onSure={() => remove.mutate()}
          >
            {name} loses every role in {org.name}, its projects and teams, within seconds, also in pages that
            are open. What {name} wrote stays.
          </Sure>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
