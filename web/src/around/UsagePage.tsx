import { Empty } from "~/app/Empty";

export function UsagePage() {
  return <Empty title="Usage">What was spent, and the budgets, will be here.</Empty>;
}
