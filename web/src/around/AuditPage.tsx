import { Empty } from "~/app/Empty";

export function AuditPage() {
  return <Empty title="Audit">Who did what and when will be here.</Empty>;
}
