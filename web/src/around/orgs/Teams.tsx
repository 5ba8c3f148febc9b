import { Accordion, Button, Modal, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";

import classes from "../shared/Around.module.css";
import { counted } from "../shared/found";
import { may } from "../shared/may";
import { NameForm } from "../shared/NameForm";
import type { Org } from "../shared/OrgFrame";
import { nameOf } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { membersQuery, orgKeys, type Team, teamMembersQuery, teamsQuery } from "./data";
import teamClasses from "./Teams.module.css";

/** Groups of members, for instance to give a flag to. */
export function Teams({ org }: { org: Org }) {
  const teams = useQuery(teamsQuery(org.org_id));
  const [isOpen, { open, close }] = useDisclosure(false);
  const begin = useChange(
    (name: string) =>
      told(api.POST("/orgs/{org_id}/teams", { params: { path: { org_id: org.org_id } }, body: { name } })),
    { touches: [orgKeys.teams(org.org_id)], onDone: close },
  );
  const button = may("teams.manage", org.role) && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      New team
    </Button>
  );
  if (teams.isError) return <ProblemNote error={teams.error} onRetry={() => void teams.refetch()} />;
  if (teams.isPending) return <PageLoading />;
  return (
    <>
      {teams.data.length === 0 ? (
        <Empty title="No teams yet" action={button} example="Consumer Goods, with everybody who covers it.">
          A team is a group of members. Flags can be rolled out to one team before all others.
        </Empty>
      ) : (
        <>
          <div className={classes["bar"]}>
            <span className={`${classes["grow"]} ${classes["count"]}`}>
              {counted(teams.data.length, "team")}
            </span>
            {button}
          </div>
          <Accordion variant="default" chevronPosition="left" order={2}>
            {teams.data.map((team) => (
              <Accordion.Item key={team.id} value={team.id}>
                <Accordion.Control>{team.name}</Accordion.Control>
                <Accordion.Panel>
                  <TeamSheet org={org} team={team} />
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        </>
      )}
      <Modal opened={isOpen} onClose={close} title="New team">
        <NameForm
          label="Name"
          placeholder="Consumer Goods"
          submit="Make the team"
          change={begin}
          onSubmit={(name) => begin.mutate(name)}
          onCancel={close}
        />
      </Modal>
    </>
  );
}

function TeamSheet({ org, team }: { org: Org; team: Team }) {
  const mayManage = may("teams.manage", org.role);
  const path = { org_id: org.org_id, team_id: team.id };
  const inTeam = useQuery(teamMembersQuery(org.org_id, team.id));
  // Names are for those who may see the members; others see how many there are.
  const members = useQuery({ ...membersQuery(org.org_id), enabled: may("members.read", org.role) });
  const [isOpen, { open, close }] = useDisclosure(false);
  const touches = [orgKeys.teams(org.org_id)];
  const rename = useChange(
    (name: string) => told(api.PATCH("/orgs/{org_id}/teams/{team_id}", { params: { path }, body: { name } })),
    { touches, onDone: close },
  );
  const remove = useChange(() => told(api.DELETE("/orgs/{org_id}/teams/{team_id}", { params: { path } })), {
    touches,
  });
  const add = useChange(
    (userId: string) =>
      told(
        api.PUT("/orgs/{org_id}/teams/{team_id}/members/{user_id}", {
          params: { path: { ...path, user_id: userId } },
        }),
      ),
    { touches: [orgKeys.teamMembers(org.org_id, team.id)] },
  );
  const take = useChange(
    (userId: string) =>
      told(
        api.DELETE("/orgs/{org_id}/teams/{team_id}/members/{user_id}", {
          params: { path: { ...path, user_id: userId } },
        }),
      ),
    { touches: [orgKeys.teamMembers(org.org_id, team.id)] },
  );
  if (inTeam.isError) return <ProblemNote error={inTeam.error} onRetry={() => void inTeam.refetch()} />;
  if (inTeam.isPending) return <PageLoading />;
  const ids = new Set(inTeam.data.map(({ user_id }) => user_id));
  const names = new Map(members.data?.map((member) => [member.user_id, nameOf(member)]));
  const others = (members.data ?? []).filter(({ user_id }) => !ids.has(user_id));
  const error = add.error ?? take.error;
  return (
    <div className={teamClasses["sheet"]}>
      {inTeam.data.length === 0 && <p className={classes["quiet"]}>Nobody is in it yet.</p>}
      {members.data ? (
        <ul className={teamClasses["people"]} aria-label={`Members of ${team.name}`}>
          {inTeam.data.map(({ user_id }) => {
            const name = names.get(user_id) ?? "Somebody";
            return (
              <li key={user_id}>
                <span>{name}</span>
                {mayManage && (
                  <Button
                    variant="subtle"
                    color="gray"
                    c="dimmed"
                    fw={500}
                    aria-label={`Take out ${name} of ${team.name}`}
                    onClick={() => take.mutate(user_id)}
                  >
                    Take out
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      ) : (
        <p className={classes["quiet"]}>
          {counted(inTeam.data.length, "member")}. Owners and admins see who they are.
        </p>
      )}
      {error && <ProblemNote error={error} />}
      {mayManage && (
        <div className={classes["bar"]}>
          <Select
            aria-label={`Add somebody to ${team.name}`}
            placeholder="Add somebody"
            data={others.map((member) => ({ value: member.user_id, label: nameOf(member) }))}
            value={null}
            onChange={(userId) => {
              if (userId) add.mutate(userId);
            }}
            searchable
            nothingFoundMessage="Nobody else"
          />
          <Button variant="default" onClick={open}>
            Rename
          </Button>
          <Sure
            label="Delete"
            name={`Delete ${team.name}`}
            title={`Delete ${team.name}?`}
            change={remove}
            onSure={() => remove.mutate()}
          >
            Its members stay members of {org.name}. Flags that name the team no longer count for them.
          </Sure>
        </div>
      )}
      <Modal opened={isOpen} onClose={close} title={`Rename ${team.name}`}>
        <NameForm
          label="Name"
          initial={team.name}
          submit="Rename"
          change={rename}
          onSubmit={(name) => rename.mutate(name)}
          onCancel={close}
        />
      </Modal>
    </div>
  );
}
