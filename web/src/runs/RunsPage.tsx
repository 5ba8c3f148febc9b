import { Empty } from "~/app/Empty";

export function RunsPage() {
  return <Empty title="Runs">What the agents do, with status, times and cost, will be here.</Empty>;
}
