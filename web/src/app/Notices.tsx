import "@mantine/notifications/styles.css";

import { Notifications } from "@mantine/notifications";

/** Short news at the edge of the page. */
export default function Notices() {
  return <Notifications position="bottom-right" limit={3} />;
}
