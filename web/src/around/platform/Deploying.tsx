import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";

import { api, told } from "~/api/client";
import { ProblemNote } from "~/app/ProblemNote";
import { newId } from "~/lib/ids";

import type { Org } from "../shared/OrgFrame";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { type Application, type DeploymentAction, platformKeys, type Version } from "./data";
import { possible } from "./words";

interface DeployingProps {
  org: Org;
  application: Application;
  versions: readonly Version[];
}

/** What can be done to an application now. One thing at a time; it goes on by itself. */
export function Deploying({ org, application, versions }: DeployingProps) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const start = useChange(
    ({ action, versionId, key }: { action: DeploymentAction; versionId?: string; key: string }) =>
      told(
        api.POST("/applications/{application_id}/deployments", {
          params: {
            path: { application_id: application.id },
            header: { "idempotency-key": key },
          },
          body: { action, ...(versionId ? { version_id: versionId } : {}) },
        }),
      ),
    {
      touches: [platformKeys.deployments(application.id), platformKeys.applications(org.org_id)],
      onDone: close,
    },
  );
  const can = possible(application);
  return (
    <>
      {can.includes("provision") && (
        <Sure
          label="Provision"
          title={`Provision ${application.name}?`}
          isHarmless
          change={start}
          onSure={() => start.mutate({ action: "provision", key: newId() })}
        >
          It gets its database with the indexes. Nothing is served yet; deploying does this too.
        </Sure>
      )}
      {can.includes("roll_back") && (
        <Sure
          label="Roll back"
          title="Roll back to the version before?"
          variant="default"
          isHarmless
          change={start}
          onSure={() => start.mutate({ action: "roll_back", key: newId() })}
        >
          New work goes to the version that served before this one. Nothing is lost; the steps are shown here.
        </Sure>
      )}
      {can.includes("retire") && (
        <Sure
          label="Retire"
          title={`Retire ${application.name}?`}
          change={start}
          onSure={() => start.mutate({ action: "retire", key: newId() })}
        >
          It takes no more changes, waits for what runs, stops its workers and archives its books. They are
          kept, and not served any more.
        </Sure>
      )}
      {can.includes("deploy") && <Button onClick={open}>Deploy</Button>}
      <Modal opened={isOpen} onClose={close} title={`Deploy to ${application.name}`}>
        <DeployForm
          application={application}
          versions={versions}
          start={start}
          onDeploy={(versionId, key) => start.mutate({ action: "deploy", versionId, key })}
          onCancel={close}
        />
      </Modal>
    </>
  );
}

interface DeployFormProps {
  application: Application;
  versions: readonly Version[];
  start: { isPending: boolean; isError: boolean; error: unknown };
  onDeploy: (versionId: string, key: string) => void;
  onCancel: () => void;
}

function DeployForm({ application, versions, start, onDeploy, onCancel }: DeployFormProps) {
  const offered = versions.filter(({ retired_at }) => retired_at === null);
  const [versionId, setVersionId] = useState<string | null>(
    offered.find(({ id }) => id !== application.current_version_id)?.id ?? null,
  );
  // The same key for every try: a lost answer deploys nothing twice.
  const [key] = useState(newId);
  return (
    <Stack gap="sm">
      {offered.length === 0 ? (
        <Text>
          There is no version to deploy. The operators of the platform add versions with{" "}
          <code>python -m cli versions add</code>.
        </Text>
      ) : (
        <Select
          label="Version"
          data={offered.map(({ id, build_id, name }) => ({
            value: id,
            label: [build_id, name, id === application.current_version_id ? "(serves now)" : ""]
              .filter(Boolean)
              .join(" "),
          }))}
          value={versionId}
          onChange={setVersionId}
          allowDeselect={false}
          searchable
        />
      )}
      <Text c="dimmed">
        Its workers are started and checked before they are given new work; if that fails, everything is taken
        back.
      </Text>
      {start.isError && <ProblemNote error={start.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button
          loading={start.isPending}
          disabled={versionId === null}
          onClick={() => {
            if (versionId) onDeploy(versionId, key);
          }}
        >
          Deploy
        </Button>
      </Group>
    </Stack>
  );
}
