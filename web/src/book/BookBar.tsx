import { Empty } from "~/app/Empty";

export function BookBar() {
  return <Empty title="Stages">The stage rail will be here.</Empty>;
}
