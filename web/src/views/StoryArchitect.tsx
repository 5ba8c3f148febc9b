import { Empty } from "~/app/Empty";

export function StoryArchitect() {
  return <Empty title="Story architect">The investment thesis across sections will be here.</Empty>;
}
