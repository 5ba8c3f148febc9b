import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { signIn, SignInRefused } from "~/lib/session/session";
import { useSessionState } from "~/lib/session/useSession";

import { DemoPeople } from "./DemoPeople";
import classes from "./SignInPage.module.css";

export function SignInPage() {
  const { next } = useSearch({ from: "/app/sign-in" });
  const navigate = useNavigate();
  const state = useSessionState();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm({ mode: "uncontrolled", initialValues: { email: "", password: "" } });

  useEffect(() => {
    if (state.is === "in") void navigate({ href: next ?? "/app/books", replace: true });
  }, [state.is, next, navigate]);

  const send = async (email: string, password: string): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      await signIn(email.trim(), password);
    } catch (error) {
      setRefusal(
        error instanceof SignInRefused
          ? error.message
          : "Bookrunner cannot be reached. Try again in a moment.",
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className={classes["page"]}>
      <div className={classes["box"]}>
        <header className={classes["head"]}>
          <img src="/assets/icon.svg" alt="" width={28} height={28} />
          <Title order={1}>Bookrunner</Title>
        </header>
        {next?.startsWith("/app/invitations/") && (
          <Text mb="sm">You are invited. Sign in, or make an account, to accept.</Text>
        )}
        <form onSubmit={form.onSubmit(({ email, password }) => void send(email, password))}>
          <Stack gap="sm">
            <TextInput
              label="Email"
              type="email"
              autoComplete="username"
              // The one thing to do here.
              data-autofocus
              required
              withAsterisk={false}
              key={form.key("email")}
              {...form.getInputProps("email")}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              key={form.key("password")}
              {...form.getInputProps("password")}
            />
            <div role="alert" className={classes["refusal"]}>
              {refusal}
            </div>
            <Button type="submit" size="sm" loading={isBusy} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
        <Text c="dimmed" size="xs">
          <Link to="/app/sign-up" search={next ? { next } : {}} className={classes["link"]}>
            Make an account
          </Link>
          , or{" "}
          <Link to="/app/reset-password" search={next ? { next } : {}} className={classes["link"]}>
            set a new password
          </Link>
          . For scripts, see the{" "}
          <Anchor href="/docs" size="xs" underline="always">
            API description
          </Anchor>
          .
        </Text>
      </div>
      <DemoPeople onChoose={(person) => void send(person.email, person.password)} isBusy={isBusy} />
    </main>
  );
}
