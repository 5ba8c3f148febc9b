/** Short news at the edge of the page. For what happens where the person does not look; the rest says it in place. */
import type { NotificationData } from "@mantine/notifications";

import { inWords } from "~/api/problem";

import { createStore } from "./store";

/** Whether there has been any: what shows it comes with the first. */
export const hasNews = createStore(false);

export function tell(message: string, title?: string): void {
  show({ message, ...(title ? { title } : {}), withBorder: true });
}

export function tellError(error: unknown): void {
  const { sentence, next } = inWords(error);
  show({ title: sentence, message: next, color: "red", autoClose: 10_000, withBorder: true });
}

function show(news: NotificationData): void {
  hasNews.set(true);
  void import("@mantine/notifications").then(({ notifications }) => notifications.show(news));
}
