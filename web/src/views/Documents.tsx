import { Empty } from "~/app/Empty";

export function Documents() {
  return <Empty title="Documents">Documents, their passages and facts will be here.</Empty>;
}
