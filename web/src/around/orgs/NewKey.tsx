import { Button, Group, Modal, MultiSelect, NumberInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { meQuery } from "~/api/queries";
import type { components } from "~/api/schema";
import { ProblemNote } from "~/app/ProblemNote";

import { type Action, type AnyRole, MATRIX, may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { ShownOnce } from "../shared/ShownOnce";
import { useChange } from "../shared/useChange";
import { orgKeys } from "./data";

const MOST_DAYS = 366;
const USUAL_DAYS = 90;
const ACTIONS = Object.keys(MATRIX) as Action[];

interface NewKeyProps {
  org: Org;
  opened: boolean;
  onClose: () => void;
}

/** A name and scopes; then the key, once. */
export function NewKey({ org, opened, onClose }: NewKeyProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New key">
      <NewKeyForm org={org} onClose={onClose} />
    </Modal>
  );
}

function NewKeyForm({ org, onClose }: { org: Org; onClose: () => void }) {
  const { data: me } = useQuery(meQuery());
  const roles: AnyRole[] = [org.role];
  for (const { org_id, project_role } of me?.projects ?? [])
    if (org_id === org.org_id && project_role) roles.push(project_role);
  const form = useForm({
    initialValues: { name: "", scopes: [] as string[], days: USUAL_DAYS },
    validate: {
      name: (name) => (name.trim() ? null : "A key needs a name."),
      scopes: (scopes) => (scopes.length > 0 ? null : "Choose what it may do."),
      days: (days) => (days >= 1 && days <= MOST_DAYS ? null : `From 1 to ${MOST_DAYS} days.`),
    },
  });
  const make = useChange(
    (body: components["schemas"]["NewKey"]) =>
      told(api.POST("/orgs/{org_id}/keys", { params: { path: { org_id: org.org_id } }, body })),
    { touches: [orgKeys.apiKeys(org.org_id)] },
  );
  if (make.isSuccess)
    return (
      <Stack gap="sm">
        <ShownOnce secret={make.data.key} what="The key">
          It is shown only now; keep it where secrets are kept.
        </ShownOnce>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, scopes, days }) =>
        make.mutate({ name: name.trim(), scopes, expires_in_days: days }),
      )}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          placeholder="Nightly export"
          maxLength={300}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <MultiSelect
          label="What it may do"
          description="Only what you may do yourself, for as long as you may."
          placeholder="Scopes"
          data={ACTIONS.filter((action) => may(action, ...roles))}
          searchable
          clearable
          {...form.getInputProps("scopes")}
        />
        <NumberInput
          label="Valid for, in days"
          size="xs"
          min={1}
          max={MOST_DAYS}
          allowDecimal={false}
          {...form.getInputProps("days")}
        />
        {make.isError && <ProblemNote error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
