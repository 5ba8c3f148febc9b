import { Button, Group, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";

import { inWords } from "~/api/problem";

import classes from "./Page.module.css";

/** A page that could not be shown: what happened, and the way on. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { sentence, next } = inWords(error);
  const router = useRouter();
  return (
    <main className={classes["middle"]}>
      <Title order={1}>{sentence}</Title>
      <Text c="dimmed">{next}</Text>
      <Group justify="center" mt="xs">
        <Button
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          Try again
        </Button>
        <Button variant="default" component="a" href="/app/books">
          To the books
        </Button>
      </Group>
    </main>
  );
}
