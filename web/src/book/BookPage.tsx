import { Empty } from "~/app/Empty";

export function BookPage() {
  return <Empty title="The book">Its sections and slides will be here.</Empty>;
}
