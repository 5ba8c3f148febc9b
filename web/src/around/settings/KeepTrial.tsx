import { Title } from "@mantine/core";
import { useState } from "react";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";

import { AccountForm } from "../joining/AccountForm";
import { goOnAs } from "../joining/open";
import classes from "../shared/Around.module.css";

/** A trial becomes an account, with all its work. */
export function KeepTrial({ trial }: { trial: components["schemas"]["Trial"] }) {
  const [mailedTo, setMailedTo] = useState<string | null>(null);
  const [now] = useState(Date.now);
  const isOver = Date.parse(trial.expires_at) <= now;
  return (
    <section aria-labelledby="keep" style={{ maxWidth: 420, marginBottom: 28 }}>
      <Title order={2} id="keep" mb={4}>
        Keep your work
      </Title>
      {mailedTo === null ? (
        <>
          <p className={classes["quiet"]}>
            {isOver ? "The trial is over, and nothing is lost. " : ""}With an account you become a member, and
            lead the project of your trial with all that you wrote.
          </p>
          <AccountForm
            submit="Make the account"
            onSubmit={async (account) => {
              const { session } = await told(api.POST("/auth/trial/upgrade", { body: account }));
              if (session) goOnAs(session, account.full_name);
              else setMailedTo(account.email);
            }}
          />
        </>
      ) : (
        <p role="status">A mail to {mailedTo} is under way. Open its link; then sign in with it.</p>
      )}
    </section>
  );
}
