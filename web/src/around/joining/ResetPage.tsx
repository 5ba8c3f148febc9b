import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { told } from "~/api/client";
import { ProblemNote } from "~/app/ProblemNote";
import classes from "~/app/signin/SignInPage.module.css";

import { DoorFrame } from "./DoorFrame";
import { emailFault, goOnAs, open, passwordFault } from "./open";

/** A new password: an address, then the code of the mail. */
export function ResetPage() {
  const { next } = useSearch({ from: "/app/reset-password" });
  const [mailedTo, setMailedTo] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isDone, setDone] = useState(false);
  const doing = async (step: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await step();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const ask = useForm({ initialValues: { email: "" }, validate: { email: emailFault } });
  const set = useForm({
    initialValues: { code: "", password: "" },
    validate: {
      code: (code) => (code.trim().length >= 4 ? null : "The code is in the mail."),
      password: passwordFault,
    },
  });
  const note = error !== null && <ProblemNote error={error} />;
  return (
    <DoorFrame title="A new password" {...(isDone ? { next: next ?? "/app/books" } : {})}>
      {mailedTo === null ? (
        <form
          noValidate
          onSubmit={ask.onSubmit(({ email }) =>
            doing(async () => {
              await told(open.POST("/auth/password-reset", { body: { email: email.trim() } }));
              setMailedTo(email.trim());
            }),
          )}
        >
          <Stack gap="sm">
            <TextInput label="Email" type="email" autoComplete="username" {...ask.getInputProps("email")} />
            {note}
            <Button type="submit" size="sm" loading={isBusy} fullWidth>
              Send me a code
            </Button>
          </Stack>
        </form>
      ) : (
        <form
          noValidate
          onSubmit={set.onSubmit(({ code, password }) =>
            doing(async () => {
              const body = { email: mailedTo, code: code.trim(), password };
              goOnAs(await told(open.POST("/auth/password-reset/confirm", { body })));
              setDone(true);
            }),
          )}
        >
          <Stack gap="sm">
            <Text role="status">If {mailedTo} has an account, a mail with a code is under way to it.</Text>
            <TextInput
              label="Code"
              autoComplete="one-time-code"
              data-autofocus
              {...set.getInputProps("code")}
            />
            <PasswordInput
              label="New password"
              autoComplete="new-password"
              {...set.getInputProps("password")}
            />
            {note}
            <Button type="submit" size="sm" loading={isBusy} fullWidth>
              Set the password
            </Button>
            <Button variant="subtle" color="gray" onClick={() => setMailedTo(null)}>
              Another address
            </Button>
          </Stack>
        </form>
      )}
      <Text c="dimmed" size="xs">
        <Link to="/app/sign-in" search={next ? { next } : {}} className={classes["link"]}>
          Back to the sign-in
        </Link>
      </Text>
    </DoorFrame>
  );
}
