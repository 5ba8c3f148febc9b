import { useNavigate, useSearch } from "@tanstack/react-router";

import { AuditLog } from "./audit/AuditLog";
import { OrgFrame } from "./shared/OrgFrame";

/** Who did what, when and from where; found, exported, checked. */
export function AuditPage() {
  const search = useSearch({ from: "/workspace/around/app/audit" });
  const navigate = useNavigate();
  return (
    <OrgFrame
      title="Audit log"
      action="audit.read"
      refusal="Only owners and admins see the audit log"
      orgId={search.org}
      onChoose={(org) => void navigate({ to: "/app/audit", search: { org } })}
    >
      {(org) => (
        <AuditLog
          key={org.org_id}
          org={org}
          search={search}
          onChange={(next) =>
            void navigate({ to: "/app/audit", search: { ...search, ...next }, replace: true })
          }
        />
      )}
    </OrgFrame>
  );
}
