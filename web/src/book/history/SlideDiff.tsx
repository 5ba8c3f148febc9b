import { Text } from "@mantine/core";

import type { SlideBody } from "../slide/slideBody";
import { DiffText } from "./DiffText";
import { slideChanges } from "./slideChanges";
import classes from "./SlideDiff.module.css";

export function SlideDiff({ before, after }: { before: SlideBody; after: SlideBody }) {
  const changes = slideChanges(before, after);
  if (changes.length === 0) return <Text c="dimmed">Nothing differs.</Text>;
  return (
    <dl className={classes["list"]}>
      {changes.map(({ what, before: old, after: now }, at) => (
        <div key={at}>
          <dt>{what}</dt>
          <dd>
            <DiffText before={old} after={now} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
