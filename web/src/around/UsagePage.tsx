import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { meQuery } from "~/api/queries";

import { OrgFrame } from "./shared/OrgFrame";
import { Page } from "./shared/Page";
import { BREAKDOWNS, MEASURES, SPANS } from "./usage/figures";
import { type UsageChoice, UsageOf } from "./usage/UsageOf";

/** What the AI costs, and what may still be spent. */
export function UsagePage() {
  const search = useSearch({ from: "/workspace/around/app/usage" });
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery());
  const choice: UsageChoice = {
    span: SPANS.find(({ value }) => value === search.span)?.value ?? "month",
    by: BREAKDOWNS.find(({ value }) => value === search.by)?.value ?? "work",
    measure: MEASURES.find(({ value }) => value === search.measure)?.value,
  };
  const choose = (next: Partial<UsageChoice> & { org?: string }): void =>
    void navigate({ to: "/app/usage", search: { ...search, ...next }, replace: true });
  if (me?.trial && me.organisations.length === 0)
    return (
      <Page title="Usage">
        <UsageOf orgId={me.trial.org_id} orgRole={null} choice={choice} onChoose={choose} />
      </Page>
    );
  return (
    <OrgFrame title="Usage" orgId={search.org} onChoose={(org) => choose({ org })}>
      {(org) => (
        <UsageOf key={org.org_id} orgId={org.org_id} orgRole={org.role} choice={choice} onChoose={choose} />
      )}
    </OrgFrame>
  );
}
