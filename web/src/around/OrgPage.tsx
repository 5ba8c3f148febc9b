import { Empty } from "~/app/Empty";

export function OrgPage() {
  return <Empty title="An organisation">Its members, roles and flags will be here.</Empty>;
}
