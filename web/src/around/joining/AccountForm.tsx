import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";

import type { components } from "~/api/schema";
import { ProblemNote } from "~/app/ProblemNote";

import { emailFault, MIN_PASSWORD, passwordFault } from "./open";

type NewAccount = components["schemas"]["NewAccount"];

interface AccountFormProps {
  submit: string;
  /** Raises what went wrong. */
  onSubmit: (account: NewAccount) => Promise<void>;
}

/** Who somebody is, and how they sign in from now on. */
export function AccountForm({ submit, onSubmit }: AccountFormProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { name: "", email: "", password: "" },
    validate: {
      name: (name) => (name.trim() ? null : "Your name is what others see."),
      email: emailFault,
      password: passwordFault,
    },
  });
  const send = async ({ name, email, password }: typeof form.values): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onSubmit({ full_name: name.trim(), email: email.trim(), password });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit((values) => void send(values))}>
      <Stack gap="sm">
        <TextInput label="Name" autoComplete="name" maxLength={300} {...form.getInputProps("name")} />
        <TextInput label="Email" type="email" autoComplete="username" {...form.getInputProps("email")} />
        <PasswordInput
          label="Password"
          description={`At least ${MIN_PASSWORD} letters.`}
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
        {error !== null && <ProblemNote error={error} />}
        <Button type="submit" size="sm" loading={isBusy} fullWidth>
          {submit}
        </Button>
      </Stack>
    </form>
  );
}
