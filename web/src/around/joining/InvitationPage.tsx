import { Button, Group } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { Empty } from "~/app/Empty";
import { ProblemNote } from "~/app/ProblemNote";
import { useSignOut } from "~/app/signin/useSignOut";
import { useSession } from "~/lib/session/useSession";

import { useChange } from "../shared/useChange";

/** The link of an invitation: accepted as whom one is signed in. */
export function InvitationPage() {
  const { token } = useParams({ from: "/workspace/around/app/invitations/$token" });
  const { email, name } = useSession();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const accept = useChange(() => told(api.POST("/invitations/accept", { body: { token } })), {
    touches: [keys.me(), keys.allBooks()],
    onDone: ({ org_id, project_id }) =>
      void (project_id
        ? navigate({ to: "/app/projects/$projectId", params: { projectId: project_id }, replace: true })
        : navigate({ to: "/app/orgs/$orgId", params: { orgId: org_id }, replace: true })),
  });
  return (
    <Empty
      title="You are invited"
      action={
        <>
          {accept.isError && <ProblemNote error={accept.error} />}
          <Group justify="center" mt="xs">
            <Button loading={accept.isPending} onClick={() => accept.mutate()}>
              Accept as {name}
            </Button>
            <Button variant="default" onClick={signOut}>
              Sign in as somebody else
            </Button>
          </Group>
        </>
      }
    >
      You are signed in with {email}. With the invitation you join the organisation that sent it; roles that
      you have already stay. The link opens once.
    </Empty>
  );
}
