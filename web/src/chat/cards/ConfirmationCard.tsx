import type { RequestView } from "~/api/types";

import { ApproveOrDeny } from "./ApproveOrDeny";
import { FieldDiff } from "./FieldDiff";
import { useAnswering } from "./useAnswering";

/** A change that waits for a person: what would be different, yes or no. */
export function ConfirmationCard({ cimId, request }: { cimId: string; request: RequestView }) {
  const answering = useAnswering(cimId, request);
  return (
    <>
      <FieldDiff change={request.body.change} otherwise={request.body.arguments ?? {}} />
      <ApproveOrDeny
        isPending={answering.isPending}
        error={answering.error}
        onApprove={() => answering.mutate({ approved: true })}
        onDeny={(reason) => answering.mutate({ approved: false, reason })}
      />
    </>
  );
}
