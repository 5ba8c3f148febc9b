import { Empty } from "~/app/Empty";

export function RunPage() {
  return <Empty title="A run">Its agents, steps and logs will be here.</Empty>;
}
