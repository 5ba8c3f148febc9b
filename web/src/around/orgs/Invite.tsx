import { Button, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { meQuery } from "~/api/queries";
import type { components } from "~/api/schema";
import { ProblemNote } from "~/app/ProblemNote";

import type { OrgRole, ProjectRole } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import {
  ORG_ROLE_MEANINGS,
  ORG_ROLE_NAMES,
  PROJECT_ROLE_MEANINGS,
  PROJECT_ROLE_NAMES,
  PROJECT_ROLES,
} from "../shared/roles";
import { ShownOnce } from "../shared/ShownOnce";
import { useChange } from "../shared/useChange";
import { orgKeys } from "./data";

const MOST_DAYS = 30;
const USUAL_DAYS = 7;
/** Nobody becomes an owner by a link. */
const INVITED_AS: readonly OrgRole[] = ["member", "admin", "billing"];

interface InviteProps {
  org: Org;
  opened: boolean;
  onClose: () => void;
}

/** Whom, as what, for how long; then the link, once. */
export function Invite({ org, opened, onClose }: InviteProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Invite somebody to ${org.name}`}>
      <InviteForm org={org} onClose={onClose} />
    </Modal>
  );
}

interface InviteValues {
  email: string;
  orgRole: Exclude<OrgRole, "owner">;
  projectId: string | null;
  projectRole: ProjectRole;
  days: number;
}

function InviteForm({ org, onClose }: { org: Org; onClose: () => void }) {
  const { data: me } = useQuery(meQuery());
  const projects = me?.projects.filter(({ org_id }) => org_id === org.org_id) ?? [];
  const form = useForm<InviteValues>({
    initialValues: { email: "", orgRole: "member", projectId: null, projectRole: "editor", days: USUAL_DAYS },
    validate: {
      email: (email) =>
        email.trim() === "" || /^[^@\s]+@[^@\s]+$/.test(email.trim()) ? null : "That is no address.",
      days: (days) => (days >= 1 && days <= MOST_DAYS ? null : `From 1 to ${MOST_DAYS} days.`),
    },
  });
  const invite = useChange(
    (body: components["schemas"]["NewInvitation"]) =>
      told(api.POST("/orgs/{org_id}/invitations", { params: { path: { org_id: org.org_id } }, body })),
    { touches: [orgKeys.invitations(org.org_id)] },
  );
  if (invite.isSuccess)
    return (
      <Stack gap="sm">
        <ShownOnce secret={new URL(invite.data.link, window.location.origin).href} what="The link">
          {`It opens once, for ${invite.data.invitation.email ?? "whoever has it"}, and is shown only now.`}
        </ShownOnce>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  const { projectId } = form.values;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, orgRole, projectRole, days }) =>
        invite.mutate({
          email: email.trim() || null,
          org_role: orgRole,
          expires_in_days: days,
          ...(projectId ? { project_id: projectId, project_role: projectRole } : {}),
        }),
      )}
    >
      <Stack gap="sm">
        <TextInput
          label="Address"
          description="Left empty, whoever has the link may accept."
          type="email"
          data-autofocus
          {...form.getInputProps("email")}
        />
        <Select
          label="Role in the organisation"
          description={ORG_ROLE_MEANINGS[form.values.orgRole]}
          data={INVITED_AS.map((value) => ({ value, label: ORG_ROLE_NAMES[value] }))}
          allowDeselect={false}
          {...form.getInputProps("orgRole")}
        />
        <Select
          label="Project"
          description="Books are seen only with a role in their project."
          placeholder="None for now"
          data={projects.map(({ project_id, name }) => ({ value: project_id, label: name }))}
          clearable
          searchable
          {...form.getInputProps("projectId")}
        />
        {projectId && (
          <Select
            label="Role in the project"
            description={PROJECT_ROLE_MEANINGS[form.values.projectRole]}
            data={PROJECT_ROLES.map((value) => ({ value, label: PROJECT_ROLE_NAMES[value] }))}
            allowDeselect={false}
            {...form.getInputProps("projectRole")}
          />
        )}
        <NumberInput
          label="Open for, in days"
          size="xs"
          min={1}
          max={MOST_DAYS}
          allowDecimal={false}
          {...form.getInputProps("days")}
        />
        {invite.isError && <ProblemNote error={invite.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={invite.isPending}>
            Make the link
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
