import { Empty } from "~/app/Empty";

export function ApplicationsPage() {
  return <Empty title="Applications">Applications and deployments will be here.</Empty>;
}
