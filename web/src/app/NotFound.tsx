import { Button, Text, Title } from "@mantine/core";

import classes from "./Page.module.css";

export function NotFound() {
  return (
    <main className={classes["middle"]}>
      <Title order={1}>There is no such page.</Title>
      <Text c="dimmed">The address may be cut off, or the thing was removed.</Text>
      <Button component="a" href="/app/books" mt="xs">
        To the books
      </Button>
    </main>
  );
}
