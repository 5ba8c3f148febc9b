import { Button, SegmentedControl, Table, Title, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { meQuery } from "~/api/queries";
import type { components } from "~/api/schema";
import { ProblemNote } from "~/app/ProblemNote";
import { isHelpOpen } from "~/app/palette/openers";
import { useSignOut } from "~/app/signin/useSignOut";
import { useSession } from "~/lib/session/useSession";

import { KeepTrial } from "./settings/KeepTrial";
import { MyFlags } from "./settings/MyFlags";
import classes from "./shared/Around.module.css";
import { Page } from "./shared/Page";
import { ORG_ROLE_NAMES, PROJECT_ROLE_NAMES } from "./shared/roles";

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
];

/** What is the person's own: who they are here, how it looks, where they belong. */
export function SettingsPage() {
  const { name, email } = useSession();
  const me = useQuery(meQuery());
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Page title="Settings">
      {me.data?.trial && <KeepTrial trial={me.data.trial} />}
      <section aria-labelledby="you">
        <Title order={2} id="you" mb={8}>
          You
        </Title>
        <dl className={classes["facts"]}>
          <dt>Name</dt>
          <dd>{name}</dd>
          {!me.data?.trial && (
            <>
              <dt>Address</dt>
              <dd>{email}</dd>
            </>
          )}
          <dt>Password</dt>
          <dd>
            <Link to="/app/reset-password" className={classes["link"]}>
              Set a new one
            </Link>
          </dd>
        </dl>
      </section>
      <section className={classes["section"]} aria-labelledby="look">
        <Title order={2} id="look" mb={8}>
          Look
        </Title>
        <SegmentedControl
          aria-label="Look"
          data={SCHEMES}
          value={colorScheme}
          onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
        />
      </section>
      <section className={classes["section"]} aria-labelledby="keyboard">
        <Title order={2} id="keyboard" mb={8}>
          Keyboard
        </Title>
        <p className={classes["quiet"]}>Everything has a key; the palette finds what you do not remember.</p>
        <Button variant="default" onClick={() => isHelpOpen.set(true)}>
          Show all keys
        </Button>
      </section>
      <section className={classes["section"]} aria-labelledby="belonging">
        <Title order={2} id="belonging" mb={8}>
          Where you belong
        </Title>
        {me.isError && <ProblemNote error={me.error} onRetry={() => void me.refetch()} />}
        {me.data && <Belonging organisations={me.data.organisations} projects={me.data.projects} />}
      </section>
      <MyFlags organisations={me.data?.organisations ?? []} />
      <section className={classes["danger"]}>
        <Button variant="default" onClick={signOut}>
          Sign out
        </Button>
      </section>
    </Page>
  );
}

function Belonging({
  organisations,
  projects,
}: Pick<components["schemas"]["Me"], "organisations" | "projects">) {
  if (organisations.length + projects.length === 0)
    return <p className={classes["quiet"]}>Nowhere yet. Open an invitation, or begin an organisation.</p>;
  return (
    <Table maw={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Where</Table.Th>
          <Table.Th>Your role</Table.Th>
          <Table.Th>
            <span className="visually-hidden">Your keys</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {organisations.map(({ org_id, name, role }) => (
          <Table.Tr key={org_id}>
            <Table.Td>
              <Link to="/app/orgs/$orgId" params={{ orgId: org_id }} className={classes["link"]}>
                {name}
              </Link>
            </Table.Td>
            <Table.Td>{ORG_ROLE_NAMES[role]}</Table.Td>
            <Table.Td className={classes["actions"] ?? ""}>
              {role !== "billing" && (
                <Link
                  to="/app/orgs/$orgId"
                  params={{ orgId: org_id }}
                  search={{ tab: "keys" }}
                  className={`${classes["link"]} ${classes["quiet"]}`}
                >
                  API keys
                </Link>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
        {projects.map(({ project_id, name, project_role }) => (
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
            <Table.Td>{project_role ? PROJECT_ROLE_NAMES[project_role] : "none in the project"}</Table.Td>
            <Table.Td />
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
