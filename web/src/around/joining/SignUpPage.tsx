import { Text } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { told } from "~/api/client";
import classes from "~/app/signin/SignInPage.module.css";

import { AccountForm } from "./AccountForm";
import { DoorFrame } from "./DoorFrame";
import { goOnAs, open } from "./open";

/** An account; it belongs to an organisation once an invitation is accepted or one is begun. */
export function SignUpPage() {
  const { next } = useSearch({ from: "/app/sign-up" });
  const [mailedTo, setMailedTo] = useState<string | null>(null);
  const signIn = (
    <Link to="/app/sign-in" search={next ? { next } : {}} className={classes["link"]}>
      Sign in
    </Link>
  );
  if (mailedTo !== null)
    return (
      <DoorFrame title="One more step">
        <Text role="status">
          A mail to {mailedTo} is under way. Open its link, then {signIn}.
        </Text>
      </DoorFrame>
    );
  return (
    <DoorFrame title="Make an account" next={next ?? "/app/orgs"}>
      <AccountForm
        submit="Make the account"
        onSubmit={async (account) => {
          const { session } = await told(open.POST("/auth/sign-up", { body: account }));
          if (session) goOnAs(session, account.full_name);
          else setMailedTo(account.email);
        }}
      />
      <Text c="dimmed" size="xs">
        You have one already? {signIn}.
      </Text>
    </DoorFrame>
  );
}
