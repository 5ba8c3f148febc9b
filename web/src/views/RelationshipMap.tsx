import { Empty } from "~/app/Empty";

export function RelationshipMap() {
  return <Empty title="Relationship map">Companies, people, products and markets will be here.</Empty>;
}
