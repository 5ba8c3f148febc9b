import { Button, Group, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";

import { inWords, Problem } from "~/api/problem";

import classes from "./Page.module.css";

/** A page that could not be shown: what happened, and the way on. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { sentence, next } = inWords(error);
  const router = useRouter();
  // What is not there is not there the second time either.
  const isGone = error instanceof Problem && error.status === 404;
  return (
    <main className={classes["middle"]}>
      <Title order={1}>{sentence}</Title>
      <Text c="dimmed">{next}</Text>
      <Group justify="center" mt="xs">
        {!isGone && (
          <Button
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            Try again
          </Button>
        )}
        <Button variant={isGone ? "filled" : "default"} component="a" href="/app/books">
          To the books
        </Button>
      </Group>
    </main>
  );
}
