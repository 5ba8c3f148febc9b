import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconPlugConnectedX } from "@tabler/icons-react";

import { useConnection } from "~/lib/connection";
import { useAllChanges } from "~/lib/queue/useCommands";

import { isRefusedOpen } from "../palette/openers";
import classes from "./ReachBanner.module.css";

const counted = (count: number): string => (count === 1 ? "1 change waits" : `${count} changes wait`);

/** What stands between the person and the API, in words; nothing when all is well. */
export function ReachBanner() {
  const reach = useConnection();
  const changes = useAllChanges();
  const refused = changes.filter(({ status }) => status === "refused").length;
  const queued = changes.length - refused;
  return (
    <div role="status" aria-live="polite">
      {reach !== "online" && (
        <p className={classes["away"]}>
          {reach === "offline" ? (
            <IconCloudOff size={16} aria-hidden />
          ) : (
            <IconPlugConnectedX size={16} aria-hidden />
          )}
          <span>
            <strong>
              {reach === "offline" ? "You are offline." : "Bookrunner does not answer just now."}
            </strong>{" "}
            Go on: what you change is kept on this machine and sent in order when it is back.
            {queued > 0 && ` ${counted(queued)}.`}
          </span>
        </p>
      )}
      {refused > 0 && (
        <p className={classes["refused"]}>
          <IconAlertTriangle size={16} aria-hidden />
          <span>{refused === 1 ? "1 change was refused." : `${refused} changes were refused.`}</span>
          <Button variant="subtle" color="red" onClick={() => isRefusedOpen.set(true)}>
            Settle
          </Button>
        </p>
      )}
    </div>
  );
}
