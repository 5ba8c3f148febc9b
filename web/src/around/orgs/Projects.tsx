import { Button, Modal, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { meQuery } from "~/api/queries";
import { Empty } from "~/app/Empty";

import classes from "../shared/Around.module.css";
import { Find } from "../shared/Find";
import { counted, found } from "../shared/found";
import { may } from "../shared/may";
import { NameForm } from "../shared/NameForm";
import type { Org } from "../shared/OrgFrame";
import { Paged } from "../shared/Paged";
import { PROJECT_ROLE_MEANINGS, PROJECT_ROLE_NAMES } from "../shared/roles";
import { useChange } from "../shared/useChange";

/** The projects that the person sees, and their role in each. */
export function Projects({ org }: { org: Org }) {
  const { data: me } = useQuery(meQuery());
  const navigate = useNavigate();
  const [words, setWords] = useState("");
  const [isOpen, { open, close }] = useDisclosure(false);
  const begin = useChange(
    (name: string) => told(api.POST("/projects", { body: { org_id: org.org_id, name } })),
    {
      touches: [keys.me()],
      onDone: ({ project_id }) =>
        void navigate({ to: "/app/projects/$projectId", params: { projectId: project_id } }),
    },
  );
  const all = me?.projects.filter(({ org_id }) => org_id === org.org_id) ?? [];
  const rows = found(all, words, ({ name }) => name);
  const button = may("projects.manage", org.role) && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      New project
    </Button>
  );
  return (
    <>
      {all.length === 0 ? (
        <Empty title="No projects" action={button} example="Project Bluecan, with one deal and three books.">
          {button
            ? "A project is a mandate: its deals, their books, and the people who may see them."
            : "You have no role in any project here. A project lead, owner or admin can give you one."}
        </Empty>
      ) : (
        <>
          <div className={classes["bar"]}>
            <Find label="Find a project" value={words} onChange={setWords} />
            <span role="status" className={classes["count"]}>
              {counted(rows.length, "project")}
            </span>
            {button}
          </div>
          <Paged rows={rows}>
            {(shown) => (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Your role in it</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>What it allows</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {shown.map(({ project_id, name, project_role }) => (
                    <Table.Tr key={project_id}>
                      <Table.Td>
                        <Link
                          to="/app/projects/$projectId"
                          params={{ projectId: project_id }}
                          className={classes["link"]}
                        >
                          {name}
                        </Link>
                      </Table.Td>
                      <Table.Td>{project_role ? PROJECT_ROLE_NAMES[project_role] : "none"}</Table.Td>
                      <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>
                        {project_role
                          ? PROJECT_ROLE_MEANINGS[project_role]
                          : "You decide who belongs to it; its books are not shown to you"}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </Paged>
        </>
      )}
      <Modal opened={isOpen} onClose={close} title="New project">
        <NameForm
          label="Name"
          placeholder="Project Bluecan"
          submit="Begin the project"
          change={begin}
          onSubmit={(name) => begin.mutate(name)}
          onCancel={close}
        />
      </Modal>
    </>
  );
}
