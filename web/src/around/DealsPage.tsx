import { Empty } from "~/app/Empty";

export function DealsPage() {
  return <Empty title="Deals">Deals and their people will be here.</Empty>;
}
