import { Button, Group, Modal, Table, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";

import { everyDealQuery, rolesIn } from "./deals/data";
import { NewDeal } from "./deals/NewDeal";
import { ProjectPeople } from "./deals/ProjectPeople";
import { orgKeys, type Project, projectQuery } from "./orgs/data";
import classes from "./shared/Around.module.css";
import { may } from "./shared/may";
import { NameForm } from "./shared/NameForm";
import { Page } from "./shared/Page";
import { PROJECT_ROLE_MEANINGS, PROJECT_ROLE_NAMES } from "./shared/roles";
import { useChange } from "./shared/useChange";

/** A project: its deals, and who works on them. */
export function ProjectPage() {
  const { projectId } = useParams({ from: "/workspace/around/app/projects/$projectId" });
  const project = useQuery(projectQuery(projectId));
  if (project.isError)
    return (
      <Page title="Project">
        <ProblemNote error={project.error} onRetry={() => void project.refetch()} />
      </Page>
    );
  if (project.isPending) return <PageLoading />;
  return <ProjectSheet key={projectId} project={project.data} />;
}

function ProjectSheet({ project }: { project: Project }) {
  const [isNaming, naming] = useDisclosure(false);
  const rename = useChange(
    (name: string) =>
      told(
        api.PATCH("/projects/{project_id}", {
          params: { path: { project_id: project.project_id } },
          body: { name },
        }),
      ),
    { touches: [orgKeys.project(project.project_id), keys.me()], onDone: naming.close },
  );
  const { project_role, org_role } = project;
  return (
    <Page
      title={project.name}
      lead={
        project_role
          ? `You are ${PROJECT_ROLE_NAMES[project_role].toLowerCase()} here: ${PROJECT_ROLE_MEANINGS[project_role].toLowerCase()}.`
          : "You decide who belongs to it. Its books are shown to people with a role in it."
      }
      actions={
        org_role !== null &&
        may("projects.manage", org_role) && (
          <Button variant="default" onClick={naming.open}>
            Rename
          </Button>
        )
      }
    >
      <Deals project={project} />
      <ProjectPeople project={project} />
      <Modal opened={isNaming} onClose={naming.close} title="Rename the project">
        <NameForm
          label="Name"
          initial={project.name}
          submit="Rename"
          change={rename}
          onSubmit={(name) => rename.mutate(name)}
          onCancel={naming.close}
        />
      </Modal>
    </Page>
  );
}

const MOST_DEALS = 20;

function Deals({ project }: { project: Project }) {
  const deals = useQuery(everyDealQuery(project.project_id));
  const [isOpen, { open, close }] = useDisclosure(false);
  const mayManage = may("deals.manage", ...rolesIn(project));
  const all = deals.data ?? [];
  return (
    <section aria-labelledby="deals-of-project">
      <Group justify="space-between" mb={6}>
        <Title order={2} id="deals-of-project">
          Deals
        </Title>
        {mayManage && (
          <Button variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
            New deal
          </Button>
        )}
      </Group>
      {deals.isError && <ProblemNote error={deals.error} onRetry={() => void deals.refetch()} />}
      {deals.isSuccess && all.length === 0 && (
        <p className={classes["quiet"]}>No deals yet. A deal is what a book is written for.</p>
      )}
      {all.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Deal</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Begun</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {all.slice(0, MOST_DEALS).map(({ id, name, archived_at, created_at }) => (
              <Table.Tr key={id}>
                <Table.Td className={classes["name"] ?? ""}>
                  <Link to="/app/deals/$dealId" params={{ dealId: id }} className={classes["link"]}>
                    {name}
                  </Link>
                </Table.Td>
                <Table.Td className={classes["quiet"] ?? ""}>{archived_at ? "Archived" : "Open"}</Table.Td>
                <Table.Td className={classes["quiet"] ?? ""} title={fullTime(created_at)}>
                  {when(created_at)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {all.length > MOST_DEALS && (
        <p>
          <Link to="/app/deals" search={{ project: project.project_id }} className={classes["link"]}>
            All {all.length} deals
          </Link>
        </p>
      )}
      <NewDeal projects={[project]} opened={isOpen} onClose={close} />
    </section>
  );
}
