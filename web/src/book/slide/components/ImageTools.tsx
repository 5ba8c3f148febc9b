import { ActionIcon, Popover, Textarea, Tooltip } from "@mantine/core";
import { IconAlt, IconPhotoEdit } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import type { ImageComponent } from "../pictures/choosing";
import classes from "./Components.module.css";

const PicturePicker = lazy(() => import("../pictures/PicturePicker"));

interface ImageToolsProps {
  cimId: string;
  image: ImageComponent;
  onChange: (next: ImageComponent) => void;
}

/** Another picture in its place, and the words for those who do not see it. */
export function ImageTools({ cimId, image, onChange }: ImageToolsProps) {
  const [isChoosing, setChoosing] = useState(false);
  const label = image.alt ? "Change the description" : "Describe the picture";
  return (
    <div className={classes["tools"]} data-tools>
      <Tooltip label="Replace the picture">
        <ActionIcon size="sm" aria-label="Replace the picture" onClick={() => setChoosing(true)}>
          <IconPhotoEdit size={14} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Popover position="bottom-end" shadow="md" withinPortal trapFocus width={320}>
        <Popover.Target>
          <Tooltip label={label}>
            <ActionIcon size="sm" aria-label={label}>
              <IconAlt size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown aria-label="Description of the picture">
          <Textarea
            label="What the picture shows"
            description="Read aloud to those who do not see it, and carried into the exports."
            autosize
            minRows={2}
            maxLength={1_000}
            value={image.alt}
            onChange={(event) => onChange({ ...image, alt: event.currentTarget.value })}
          />
        </Popover.Dropdown>
      </Popover>
      {isChoosing && (
        <Suspense>
          <PicturePicker
            cimId={cimId}
            onChoose={(picture) => onChange({ ...image, ...picture })}
            onClose={() => setChoosing(false)}
          />
        </Suspense>
      )}
    </div>
  );
}
