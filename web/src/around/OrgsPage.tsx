import { Empty } from "~/app/Empty";

export function OrgsPage() {
  return <Empty title="Organisations">Your organisations will be here.</Empty>;
}
