import { Button, Group, Modal, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";

import classes from "../shared/Around.module.css";
import { counted } from "../shared/found";
import { may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { useChange } from "../shared/useChange";
import { ApplicationForm } from "./ApplicationForm";
import { type Application, platformKeys, versionsQuery } from "./data";
import { Deployments } from "./Deployments";
import { Deploying } from "./Deploying";
import { APPLICATION_STATES, rampInWords, versionName } from "./words";

/** One application: how it stands, what can be done, what was done. */
export function ApplicationSheet({ org, application }: { org: Org; application: Application }) {
  const versions = useQuery(versionsQuery());
  const [isOpen, { open, close }] = useDisclosure(false);
  const change = useChange(
    (body: components["schemas"]["ApplicationChanges"]) =>
      told(
        api.PATCH("/applications/{application_id}", {
          params: { path: { application_id: application.id } },
          body,
        }),
      ),
    { touches: [platformKeys.applications(org.org_id)], onDone: close },
  );
  const { word, tone } = APPLICATION_STATES[application.status];
  const mayManage = may("applications.manage", org.role);
  const { settings, scale } = application;
  return (
    <section aria-label={`Application ${application.name}`} style={{ marginBottom: 28 }}>
      <Group justify="space-between" mb={8}>
        <Title order={2}>{application.name}</Title>
        {mayManage && application.status !== "archived" && (
          <Group gap="xs">
            <Button variant="subtle" color="gray" onClick={open}>
              Change
            </Button>
            <Deploying org={org} application={application} versions={versions.data ?? []} />
          </Group>
        )}
      </Group>
      <dl className={classes["facts"]}>
        <dt>State</dt>
        <dd>
          <span className={classes["state"]} data-tone={tone}>
            {word}
          </span>
        </dd>
        <dt>Version</dt>
        <dd>{versionName(versions.data ?? [], application.current_version_id)}</dd>
        <dt>Workers</dt>
        <dd>{counted(scale, "worker")} for each version</dd>
        <dt>Open books</dt>
        <dd>
          {settings.upgrade === "stay"
            ? "stay on the version they began with"
            : "move to a new version when they are at rest"}
        </dd>
        <dt>New work</dt>
        <dd>
          {settings.ramp.length === 0
            ? "goes to a new version at once"
            : `goes to a new version in steps: ${rampInWords(settings.ramp)}`}
        </dd>
        <dt>Model</dt>
        <dd>{settings.model ?? "as the installation"}</dd>
        <dt>Database</dt>
        <dd>
          <code>{application.database}</code>
        </dd>
      </dl>
      <Deployments application={application} versions={versions.data ?? []} />
      <Modal opened={isOpen} onClose={close} title={`Change ${application.name}`}>
        <ApplicationForm
          initial={application}
          submit="Save"
          change={change}
          onSubmit={(values) => change.mutate(values)}
          onCancel={close}
        />
        <p className={classes["small"]}>Workers, books and model count from the next deployment on.</p>
      </Modal>
    </section>
  );
}
