import { Empty } from "~/app/Empty";

export function MarketBuilder() {
  return (
    <Empty title="Market builder">
      Segments, competitors, regulation, geography and timeline will be here.
    </Empty>
  );
}
