import { Empty } from "~/app/Empty";

export function ChatPanel() {
  return <Empty title="AI">The talk with the AI will be here.</Empty>;
}
