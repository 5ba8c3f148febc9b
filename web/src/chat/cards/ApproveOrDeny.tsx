import { Button, Textarea } from "@mantine/core";
import { useState } from "react";

import classes from "./Cards.module.css";
import { Refused } from "./Refused";

interface ApproveOrDenyProps {
  isPending: boolean;
  error: unknown;
  approve?: string;
  onApprove: () => void;
  onDeny: (reason: string) => void;
}

/** Yes at once; no with a reason that the AI reads. */
export function ApproveOrDeny({
  isPending,
  error,
  approve = "Approve",
  onApprove,
  onDeny,
}: ApproveOrDenyProps) {
  const [reason, setReason] = useState<string | null>(null);
  return (
    <div className={classes["form"]}>
      {reason !== null && (
        <Textarea
          label="Why not? The AI reads it."
          autosize
          minRows={2}
          maxRows={8}
          data-autofocus
          ref={(field) => field?.focus()}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <div className={classes["actions"]}>
        {reason === null ? (
          <>
            <Button loading={isPending} onClick={onApprove}>
              {approve}
            </Button>
            <Button variant="default" disabled={isPending} onClick={() => setReason("")}>
              Deny …
            </Button>
          </>
        ) : (
          <>
            <Button color="red" loading={isPending} onClick={() => onDeny(reason.trim())}>
              Deny
            </Button>
            <Button variant="default" disabled={isPending} onClick={() => setReason(null)}>
              Back
            </Button>
          </>
        )}
      </div>
      <Refused error={error} />
    </div>
  );
}
