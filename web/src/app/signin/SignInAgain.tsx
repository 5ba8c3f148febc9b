import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { signIn, SignInRefused } from "~/lib/session/session";
import { useSessionState } from "~/lib/session/useSession";

import { useSignOut } from "./useSignOut";

/** The session has ended while somebody works: they sign in over the page, and everything goes on. */
export function SignInAgain() {
  const state = useSessionState();
  const signOut = useSignOut();
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (state.is !== "expired") return null;
  const { email } = state.session;

  const send = async (): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      await signIn(email, password);
      setPassword("");
    } catch (error) {
      setRefusal(error instanceof SignInRefused ? error.message : "Bookrunner cannot be reached just now.");
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title="Your sign-in has ended"
      centered
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack gap="sm">
          <Text>Sign in again, and everything goes on where it was. Nothing is lost meanwhile.</Text>
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <PasswordInput
            label={`Password of ${email}`}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={refusal}
            data-autofocus
            required
            withAsterisk={false}
          />
          <Group justify="space-between">
            <Button variant="subtle" color="gray" onClick={signOut}>
              Sign in as somebody else
            </Button>
            <Button type="submit" loading={isBusy}>
              Sign in
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
