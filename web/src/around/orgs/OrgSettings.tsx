import { Button, NativeSelect, NumberInput, Select, Switch, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { components } from "~/api/schema";
import { ProblemNote } from "~/app/ProblemNote";
import { useSession } from "~/lib/session/useSession";

import classes from "../shared/Around.module.css";
import { may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { nameOf } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { membersQuery, orgKeys } from "./data";
import { EndOrg } from "./EndOrg";

const DAYS_A_YEAR = 365;
const FEWEST_DAYS = 14;

/** Its name and rules, who owns it, and the way out. */
export function OrgSettings({ org }: { org: Org }) {
  return (
    <>
      {may("org.update", org.role) ? (
        <Rules key={JSON.stringify(org)} org={org} />
      ) : (
        <dl className={classes["facts"]}>
          <dt>Audit log kept</dt>
          <dd>{org.retention_days} days</dd>
          <dt>Books kept</dt>
          <dd>{booksKept(org)}</dd>
          <dt>Trials</dt>
          <dd>{org.trial_allowed ? "allowed" : "not allowed"}</dd>
        </dl>
      )}
      {may("owners.manage", org.role) && <Transfer org={org} />}
      <Leave org={org} />
      {may("org.end", org.role) && <EndOrg org={org} />}
    </>
  );
}

const COUNTED_FROM = [
  { value: "completion", label: "their completion" },
  { value: "last_change", label: "their last change" },
] as const;

function booksKept(org: Org) {
  if (!org.books_kept_days) return "for ever";
  const from = COUNTED_FROM.find(({ value }) => value === org.books_kept_after);
  return `${org.books_kept_days} days after ${from?.label}`;
}

function Rules({ org }: { org: Org }) {
  const form = useForm({
    initialValues: {
      name: org.name,
      retentionDays: org.retention_days,
      trialAllowed: org.trial_allowed,
      booksKeptDays: org.books_kept_days ?? "",
      booksKeptAfter: org.books_kept_after,
    },
    validate: {
      name: (name) => (name.trim() ? null : "It needs a name."),
      retentionDays: (days) => (days >= 1 ? null : "Give the days."),
      booksKeptDays: (days) =>
        days === "" || Number(days) >= FEWEST_DAYS ? null : `At least ${FEWEST_DAYS} days, or none.`,
    },
  });
  const save = useChange(
    (body: components["schemas"]["OrganisationChanges"]) =>
      told(api.PATCH("/orgs/{org_id}", { params: { path: { org_id: org.org_id } }, body })),
    { touches: [keys.me(), orgKeys.org(org.org_id)] },
  );
  return (
    <form
      className={classes["form"]}
      noValidate
      onSubmit={form.onSubmit(({ name, retentionDays, trialAllowed, booksKeptDays, booksKeptAfter }) =>
        save.mutate({
          name: name.trim(),
          retention_days: retentionDays,
          trial_allowed: trialAllowed,
          books_kept_days: booksKeptDays === "" ? null : Number(booksKeptDays),
          books_kept_after: booksKeptAfter,
        }),
      )}
    >
      <TextInput label="Name" maxLength={300} {...form.getInputProps("name")} />
      <NumberInput
        label="Audit log kept, in days"
        description={`About ${Math.round((form.values.retentionDays / DAYS_A_YEAR) * 10) / 10} years. What is older is cut off, and the cut is recorded.`}
        size="xs"
        min={1}
        allowDecimal={false}
        {...form.getInputProps("retentionDays")}
      />
      <NumberInput
        label="Books kept, in days"
        description="Without a number: for ever. A book is announced for a week before it is deleted."
        placeholder="for ever"
        size="xs"
        min={FEWEST_DAYS}
        max={36500}
        allowDecimal={false}
        {...form.getInputProps("booksKeptDays")}
      />
      <NativeSelect
        label="Days of books count from"
        size="xs"
        data={[...COUNTED_FROM]}
        disabled={form.values.booksKeptDays === ""}
        {...form.getInputProps("booksKeptAfter")}
      />
      <Switch
        label="Trials without an account"
        description="Whoever has the address writes one book of their own for 14 days."
        {...form.getInputProps("trialAllowed", { type: "checkbox" })}
      />
      {save.isError && <ProblemNote error={save.error} />}
      <div className={classes["bar"]}>
        <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
          Save
        </Button>
        <span role="status" className={classes["small"]}>
          {save.isSuccess && !form.isDirty() && "Saved."}
        </span>
      </div>
    </form>
  );
}

function Transfer({ org }: { org: Org }) {
  const { personId } = useSession();
  const members = useQuery(membersQuery(org.org_id));
  const [heir, setHeir] = useState<string | null>(null);
  const transfer = useChange(
    (to: string) =>
      told(api.POST("/orgs/{org_id}/transfer", { params: { path: { org_id: org.org_id } }, body: { to } })),
    { touches: [keys.me(), orgKeys.members(org.org_id)] },
  );
  const others = (members.data ?? []).filter(({ user_id }) => user_id !== personId);
  const chosen = others.find(({ user_id }) => user_id === heir);
  return (
    <section className={classes["danger"]}>
      <Title order={2}>Ownership</Title>
      <p className={classes["quiet"]}>
        Hand your ownership to another member; you stay as an admin. Several owners are made under Members.
      </p>
      <div className={classes["bar"]}>
        <Select
          aria-label="New owner"
          placeholder="Choose a member"
          data={others.map((member) => ({ value: member.user_id, label: nameOf(member) }))}
          value={heir}
          onChange={setHeir}
          searchable
        />
        <Sure
          label="Transfer"
          name="Transfer the ownership"
          title={`Make ${chosen ? nameOf(chosen) : "them"} the owner in your place?`}
          variant="default"
          disabled={!chosen}
          change={transfer}
          onSure={() => {
            if (heir) transfer.mutate(heir);
          }}
        >
          You are an admin afterwards. Only the new owner can give the ownership back.
        </Sure>
      </div>
    </section>
  );
}

function Leave({ org }: { org: Org }) {
  const { personId } = useSession();
  const navigate = useNavigate();
  const leave = useChange(
    () =>
      told(
        api.DELETE("/orgs/{org_id}/members/{user_id}", {
          params: { path: { org_id: org.org_id, user_id: personId } },
        }),
      ),
    {
      touches: [keys.me(), keys.allBooks()],
      onDone: () => void navigate({ to: "/app/orgs", replace: true }),
    },
  );
  return (
    <section className={classes["danger"]}>
      <Title order={2}>Leave</Title>
      <p className={classes["quiet"]}>
        You lose every role here, in its projects and teams. The last owner cannot leave.
      </p>
      <Sure
        label="Leave"
        name="Leave the organisation"
        title={`Leave ${org.name}?`}
        variant="default"
        change={leave}
        onSure={() => leave.mutate()}
      >
        Its books close for you at once. Only an invitation brings you back.
      </Sure>
    </section>
  );
}
