/** Short news at the edge of the page. For what happens where the person does not look; the rest says it in place. */
import { notifications } from "@mantine/notifications";

import { inWords } from "~/api/problem";

export function tell(message: string, title?: string): void {
  notifications.show({ message, ...(title ? { title } : {}), withBorder: true });
}

export function tellError(error: unknown): void {
  const { sentence, next } = inWords(error);
  notifications.show({ title: sentence, message: next, color: "red", autoClose: 10_000, withBorder: true });
}
