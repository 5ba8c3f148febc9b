import { Autocomplete, Button, Select, Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { inWords } from "~/api/problem";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { useSession } from "~/lib/session/useSession";

import { membersQuery, orgKeys, type Project, type ProjectMember, projectMembersQuery } from "../orgs/data";
import classes from "../shared/Around.module.css";
import { may, type ProjectRole } from "../shared/may";
import { Paged } from "../shared/Paged";
import { nameOf, PROJECT_ROLE_MEANINGS, PROJECT_ROLE_NAMES, PROJECT_ROLES } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { rolesIn } from "./data";

const ROLES = PROJECT_ROLES.map((value) => ({ value, label: PROJECT_ROLE_NAMES[value] }));

/** Who works in a project, and with which role. */
export function ProjectPeople({ project }: { project: Project }) {
  const people = useQuery(projectMembersQuery(project.project_id));
  const mayManage = may("project_members.manage", ...rolesIn(project));
  return (
    <section className={classes["section"]} aria-labelledby="people-of-project">
      <Title order={2} id="people-of-project" mb={6}>
        People
      </Title>
      {people.isError ? (
        <ProblemNote error={people.error} onRetry={() => void people.refetch()} />
      ) : people.isPending ? (
        <PageLoading />
      ) : (
        <>
          <Paged rows={people.data}>
            {(rows) => (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th className={classes["wideOnly"] ?? ""}>Address</Table.Th>
                    <Table.Th className={classes["role"] ?? ""}>Role</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">What can be done</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((member) => (
                    <PersonRow key={member.user_id} project={project} member={member} mayManage={mayManage} />
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </Paged>
          {mayManage ? (
            <Appoint project={project} known={people.data} />
          ) : (
            <p className={classes["small"]}>The project&rsquo;s leads, and owners and admins, change this.</p>
          )}
        </>
      )}
    </section>
  );
}

function useAppointment(project: Project) {
  return useChange(
    (body: { person: string; role: ProjectRole }) =>
      told(
        api.POST("/projects/{project_id}/members", {
          params: { path: { project_id: project.project_id } },
          body,
        }),
      ),
    { touches: touched(project) },
  );
}

const touched = ({ project_id }: Project) => [orgKeys.project(project_id), keys.me()];

interface PersonRowProps {
  project: Project;
  member: ProjectMember;
  mayManage: boolean;
}

function PersonRow({ project, member, mayManage }: PersonRowProps) {
  const { personId } = useSession();
  const name = nameOf(member);
  const appoint = useAppointment(project);
  const remove = useChange(
    () =>
      told(
        api.DELETE("/projects/{project_id}/members/{user_id}", {
          params: { path: { project_id: project.project_id, user_id: member.user_id } },
        }),
      ),
    { touches: touched(project) },
  );
  return (
    <Table.Tr>
      <Table.Td className={classes["name"] ?? ""}>
        {name} {member.user_id === personId && <span className={classes["small"]}>you</span>}
      </Table.Td>
      <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>{member.email}</Table.Td>
      <Table.Td>
        {mayManage ? (
          <Select
            aria-label={`Role of ${name}`}
            data={ROLES}
            renderOption={({ option }) => (
              <span>
                {option.label}
                <br />
                <span className={classes["small"]}>{PROJECT_ROLE_MEANINGS[option.value]}</span>
              </span>
            )}
            comboboxProps={{ width: 280, position: "bottom-start" }}
            value={appoint.isPending ? appoint.variables.role : member.role}
            onChange={(role) => {
              if (role && role !== member.role) appoint.mutate({ person: member.user_id, role });
            }}
            allowDeselect={false}
            disabled={appoint.isPending}
          />
        ) : (
          PROJECT_ROLE_NAMES[member.role]
        )}
        <span role="status" className={appoint.isError ? classes["wrong"] : classes["small"]}>
          {appoint.isPending && "saving"}
          {appoint.isSuccess && "saved"}
          {appoint.isError && `${inWords(appoint.error).sentence} ${inWords(appoint.error).next}`}
        </span>
      </Table.Td>
      <Table.Td className={classes["actions"] ?? ""}>
        {mayManage && (
          <Sure
            label="Remove"
            name={`Remove ${name}`}
            title={`Remove ${name} from ${project.name}?`}
            change={remove}
            onSure={() => remove.mutate()}
          >
            {name} no longer sees its books, within seconds, also in pages that are open. What {name} wrote
            stays.
          </Sure>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Appoint({ project, known }: { project: Project; known: readonly ProjectMember[] }) {
  // Leads who may not see all members type the address.
  const members = useQuery({
    ...membersQuery(project.org_id),
    enabled: may("members.read", project.org_role),
  });
  const [person, setPerson] = useState("");
  const [role, setRole] = useState<ProjectRole>("editor");
  const appoint = useAppointment(project);
  const ids = new Set(known.map(({ user_id }) => user_id));
  const suggested = (members.data ?? [])
    .filter(({ user_id }) => !ids.has(user_id))
    .flatMap(({ email }) => (email ? [email] : []));
  return (
    <form
      style={{ marginTop: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (person.trim())
          appoint.mutate({ person: person.trim(), role }, { onSuccess: () => setPerson("") });
      }}
    >
      <div className={classes["bar"]}>
        <Autocomplete
          size="xs"
          aria-label="Address of a member"
          placeholder="Address of a member"
          data={suggested}
          value={person}
          onChange={setPerson}
          className={classes["grow"] ?? ""}
          maw={320}
        />
        <Select
          aria-label="Role to give"
          data={ROLES}
          value={role}
          onChange={(next) => {
            if (next) setRole(next);
          }}
          allowDeselect={false}
          w={120}
        />
        <Button type="submit" variant="default" loading={appoint.isPending} disabled={!person.trim()}>
          Add
        </Button>
      </div>
      {appoint.isError && <ProblemNote error={appoint.error} />}
    </form>
  );
}
