import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { ProblemNote } from "~/app/ProblemNote";
import { fullTime } from "~/lib/dates";

import classes from "../shared/Around.module.css";
import { may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { useChange } from "../shared/useChange";
import { endingQuery, orgKeys } from "./data";

/** Tells everybody of an organisation that it ends; an owner can keep it until then. */
export function EndingNotice({ org }: { org: Org }) {
  const ending = useQuery(endingQuery(org.org_id)).data;
  const keep = useChange(
    () => told(api.DELETE("/orgs/{org_id}/ending", { params: { path: { org_id: org.org_id } } })),
    { touches: [orgKeys.ending(org.org_id)] },
  );
  if (!ending) return null;
  const { ends_at, began_at } = ending;
  return (
    <section className={classes["ending"]} aria-label="End of the organisation">
      <IconAlertTriangle size={16} aria-hidden />
      <p>
        {began_at ? (
          <>
            <strong>{org.name} has ended.</strong> Its books are being deleted.
          </>
        ) : (
          <>
            <strong>
              {org.name} ends on {fullTime(ends_at)}.
            </strong>{" "}
            Until then everything goes on as ever. Export what you need: nothing of it can be read afterwards.
          </>
        )}
      </p>
      {!began_at && may("org.end", org.role) && (
        <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
          Keep the organisation
        </Button>
      )}
      {keep.isError && <ProblemNote error={keep.error} />}
    </section>
  );
}
