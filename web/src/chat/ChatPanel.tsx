import { Empty } from "~/app/Empty";

export function ChatPanel({ cimId }: { cimId: string }) {
  return <Empty title={`AI of ${cimId}`}>The talk with the AI will be here.</Empty>;
}
