import { Empty } from "~/app/Empty";

export function BuyerWorkshop() {
  return <Empty title="Buyer workshop">The buyer's persona and what moves them will be here.</Empty>;
}
