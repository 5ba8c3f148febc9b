import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ComponentType } from "react";

import { meQuery } from "~/api/queries";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";

import { ApiKeys } from "./orgs/ApiKeys";
import { EndingNotice } from "./orgs/EndingNotice";
import { Flags } from "./orgs/Flags";
import { Invitations } from "./orgs/Invitations";
import { Members } from "./orgs/Members";
import { OrgSettings } from "./orgs/OrgSettings";
import { Projects } from "./orgs/Projects";
import { Teams } from "./orgs/Teams";
import { Trials } from "./orgs/Trials";
import { type Action, may } from "./shared/may";
import type { Org } from "./shared/OrgFrame";
import { Page } from "./shared/Page";
import { ORG_ROLE_NAMES } from "./shared/roles";

interface Tab {
  name: string;
  title: string;
  /** Without it the tab is not there. */
  action?: Action;
  shows: ComponentType<{ org: Org }>;
}

const TABS: readonly Tab[] = [
  { name: "members", title: "Members", action: "members.read", shows: Members },
  { name: "invitations", title: "Invitations", action: "invitations.read", shows: Invitations },
  { name: "projects", title: "Projects", shows: Projects },
  { name: "teams", title: "Teams", action: "teams.read", shows: Teams },
  { name: "keys", title: "API keys", action: "keys.create", shows: ApiKeys },
  { name: "flags", title: "Flags", action: "flags.read", shows: Flags },
  { name: "trials", title: "Trials", action: "trials.read", shows: Trials },
  { name: "settings", title: "Settings", shows: OrgSettings },
];

/** One organisation: its people and what they may do. What a role does not allow is not there. */
export function OrgPage() {
  const { orgId } = useParams({ from: "/workspace/around/app/orgs/$orgId" });
  const { tab } = useSearch({ from: "/workspace/around/app/orgs/$orgId" });
  const navigate = useNavigate();
  const me = useQuery(meQuery());
  if (me.isPending) return <PageLoading />;
  if (me.isError)
    return (
      <Page title="Organisation">
        <ProblemNote error={me.error} onRetry={() => void me.refetch()} />
      </Page>
    );
  const org = me.data.organisations.find(({ org_id }) => org_id === orgId);
  if (!org)
    return (
      <Empty title="There is no such organisation">
        Perhaps you left it, or the address is not complete. Yours are in the list of organisations.
      </Empty>
    );
  const tabs = TABS.filter(({ action }) => action === undefined || may(action, org.role));
  const shown = tabs.find(({ name }) => name === tab) ?? tabs[0];
  return (
    <Page title={org.name} lead={standing(org)}>
      <EndingNotice org={org} />
      <Tabs
        value={shown?.name ?? null}
        onChange={(next) =>
          void navigate({ to: "/app/orgs/$orgId", params: { orgId }, search: next ? { tab: next } : {} })
        }
        keepMounted={false}
      >
        <Tabs.List aria-label="Parts of the organisation" mb="md" style={{ flexWrap: "wrap" }}>
          {tabs.map(({ name, title }) => (
            <Tabs.Tab key={name} value={name} fz="sm" px={10} py={7}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ name, shows: Shown }) => (
          <Tabs.Panel key={name} value={name}>
            <Shown org={org} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function standing({ role }: Org): string {
  const said =
    role === "billing"
      ? "You see to the billing here."
      : `You are ${role === "member" ? "a" : "an"} ${ORG_ROLE_NAMES[role].toLowerCase()} here.`;
  return may("members.read", role)
    ? said
    : `${said} Owners and admins see the members, and change roles, flags and settings.`;
}
