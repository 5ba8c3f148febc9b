import { Empty } from "~/app/Empty";

export function SettingsPage() {
  return <Empty title="Settings">Your own settings will be here.</Empty>;
}
