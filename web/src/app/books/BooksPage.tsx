import { Empty } from "~/app/Empty";

export function BooksPage() {
  return <Empty title="Books">Your books will be here.</Empty>;
}
