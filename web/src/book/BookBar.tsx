import { Empty } from "~/app/Empty";

export function BookBar({ cimId }: { cimId: string }) {
  return <Empty title={`Stages of ${cimId}`}>The stage rail will be here.</Empty>;
}
