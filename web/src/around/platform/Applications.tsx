import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";

import classes from "../shared/Around.module.css";
import { may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { useChange } from "../shared/useChange";
import { ApplicationForm } from "./ApplicationForm";
import { ApplicationSheet } from "./ApplicationSheet";
import { applicationsQuery, platformKeys } from "./data";

/** The application that serves an organisation, and those that did. */
export function Applications({ org }: { org: Org }) {
  const applications = useQuery(applicationsQuery(org.org_id));
  const [isOpen, { open, close }] = useDisclosure(false);
  const create = useChange(
    (body: components["schemas"]["NewApplication"]) =>
      told(api.POST("/orgs/{org_id}/applications", { params: { path: { org_id: org.org_id } }, body })),
    { touches: [platformKeys.applications(org.org_id)], onDone: close },
  );
  if (applications.isError)
    return <ProblemNote error={applications.error} onRetry={() => void applications.refetch()} />;
  if (applications.isPending) return <PageLoading />;
  const current = applications.data.filter(({ status }) => status !== "archived");
  const archived = applications.data.filter(({ status }) => status === "archived");
  const button = may("applications.manage", org.role) && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      New application
    </Button>
  );
  return (
    <>
      {current.length === 0 && (
        <Empty
          title="The common application serves you"
          action={button}
          example="“Desk”, with two workers, a database of its own, and version 1.4.0."
        >
          With an application of its own, {org.name} has a database and workers apart from everybody
          else&rsquo;s, and decides itself when a new version serves.
        </Empty>
      )}
      {current.map((application) => (
        <ApplicationSheet key={application.id} org={org} application={application} />
      ))}
      {archived.length > 0 && (
        <details className={classes["section"]}>
          <summary>Archived ({archived.length})</summary>
          {archived.map((application) => (
            <ApplicationSheet key={application.id} org={org} application={application} />
          ))}
        </details>
      )}
      <Modal opened={isOpen} onClose={close} title="New application">
        <ApplicationForm
          submit="Write it down"
          change={create}
          onSubmit={(values) => create.mutate(values)}
          onCancel={close}
        />
      </Modal>
    </>
  );
}
