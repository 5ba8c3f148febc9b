import { useNavigate, useSearch } from "@tanstack/react-router";

import { Applications } from "./platform/Applications";
import { Versions } from "./platform/Versions";
import { OrgFrame } from "./shared/OrgFrame";

/** An organisation's own instance of the product: its versions, and what was done to it. */
export function ApplicationsPage() {
  const search = useSearch({ from: "/workspace/around/app/applications" });
  const navigate = useNavigate();
  return (
    <OrgFrame
      title="Applications"
      action="applications.read"
      refusal="Only owners and admins see applications"
      orgId={search.org}
      onChoose={(org) => void navigate({ to: "/app/applications", search: { org } })}
    >
      {(org) => (
        <>
          <Applications key={org.org_id} org={org} />
          <Versions />
        </>
      )}
    </OrgFrame>
  );
}
