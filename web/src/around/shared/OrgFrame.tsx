/** A page about one organisation: which one, and whether the person's role allows it at all. */
import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { meQuery } from "~/api/queries";
import type { components } from "~/api/schema";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";

import { EndingNotice } from "../orgs/EndingNotice";
import { type Action, may } from "./may";
import { Page } from "./Page";
import { ORG_ROLE_NAMES } from "./roles";

export type Org = components["schemas"]["Organisation"];

interface OrgFrameProps {
  title: string;
  lead?: ReactNode;
  /** What the role has to allow; absent: everybody of the organisation. */
  action?: Action;
  /** "Only owners and admins see the audit log." */
  refusal?: string;
  /** The organisation that the address names. */
  orgId: string | undefined;
  onChoose: (orgId: string) => void;
  actions?: (org: Org) => ReactNode;
  children: (org: Org) => ReactNode;
}

export function OrgFrame(props: OrgFrameProps) {
  const { title, lead, action, refusal, orgId, onChoose, actions, children } = props;
  const me = useQuery(meQuery());
  if (me.isPending) return <PageLoading />;
  if (me.isError)
    return (
      <Page title={title}>
        <ProblemNote error={me.error} onRetry={() => void me.refetch()} />
      </Page>
    );
  const orgs = me.data.organisations;
  const allowed = (org: Org): boolean => action === undefined || may(action, org.role);
  const org =
    orgId === undefined ? (orgs.find(allowed) ?? orgs[0]) : orgs.find(({ org_id }) => org_id === orgId);
  if (!org)
    return (
      <Empty
        title={orgs.length === 0 ? "You belong to no organisation yet" : "There is no such organisation"}
        action={
          <Button component={Link} to="/app/orgs">
            To the organisations
          </Button>
        }
      >
        {orgs.length === 0
          ? "Open the invitation that you were sent, or begin an organisation of your own."
          : "Perhaps you left it, or the address is not complete."}
      </Empty>
    );
  const picker = orgs.length > 1 && (
    <Select
      aria-label="Organisation"
      data={orgs.map(({ org_id, name }) => ({ value: org_id, label: name }))}
      value={org.org_id}
      onChange={(chosen) => {
        if (chosen) onChoose(chosen);
      }}
      allowDeselect={false}
      searchable={orgs.length > 8}
    />
  );
  return (
    <Page
      title={title}
      lead={allowed(org) ? lead : undefined}
      actions={
        <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
          {picker}
          {allowed(org) && actions?.(org)}
        </div>
      }
    >
      <EndingNotice org={org} />
      {allowed(org) ? (
        children(org)
      ) : (
        <Empty title={refusal ?? "Your role does not allow this"}>
          At {org.name} you are {ORG_ROLE_NAMES[org.role].toLowerCase()}. An owner or admin can show you what
          you need, or give you another role.
        </Empty>
      )}
    </Page>
  );
}
