import { Button, Stack, Text } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { told } from "~/api/client";
import { ProblemNote } from "~/app/ProblemNote";
import classes from "~/app/signin/SignInPage.module.css";
import { useSessionState } from "~/lib/session/useSession";

import { DoorFrame } from "./DoorFrame";
import { goOnAs, open } from "./open";

/** Trying it without an account, in an organisation that allows it. */
export function TrialPage() {
  const { orgId } = useParams({ from: "/app/trial/$orgId" });
  const state = useSessionState();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const begin = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const { session, deal_id } = await told(open.POST("/auth/trial", { body: { org_id: orgId } }));
      goOnAs(session);
      await navigate({ to: "/app/books", search: { deal: deal_id }, replace: true });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  if (state.is !== "out" && !isBusy)
    return (
      <DoorFrame title="Try Bookrunner">
        <Text>
          You are signed in as {state.session.name}. A trial is for people without an account.{" "}
          <Link to="/app/books" className={classes["link"]}>
            To your books
          </Link>
        </Text>
      </DoorFrame>
    );
  return (
    <DoorFrame title="Try Bookrunner">
      <Stack gap="sm">
        <Text>
          Write one information memorandum with the AI, for 14 days, without an account. Upload documents,
          talk, draft, export. If you make an account later, your work stays.
        </Text>
        {error !== null && <ProblemNote error={error} />}
        <Button size="sm" loading={isBusy} onClick={() => void begin()} fullWidth>
          Begin the trial
        </Button>
        <Text c="dimmed" size="xs">
          You have an account?{" "}
          <Link to="/app/sign-in" className={classes["link"]}>
            Sign in
          </Link>
        </Text>
      </Stack>
    </DoorFrame>
  );
}
