import { IconPhoto } from "@tabler/icons-react";

import { useCimId } from "~/book/useCimId";
import { tellError } from "~/lib/tell";

import { ofWhole } from "../anchors";
import { chosen, type ImageComponent, useUpload } from "../pictures/choosing";
import { useSurroundings } from "../slideContext";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";
import { Footnote } from "./Footnote";
import { ImageTools } from "./ImageTools";

/** A picture; while the slide is edited another file can be dropped onto it. */
export function ImageView({ component, onChange }: ComponentViewProps<ImageComponent>) {
  return onChange ? (
    <EditedImage component={component} onChange={onChange} />
  ) : (
    <figure className={classes["image"]}>
      <Shown component={component} />
    </figure>
  );
}

function EditedImage({ component, onChange }: EditedImageProps) {
  const cimId = useCimId();
  const uploading = useUpload(cimId, (picture) => onChange({ ...component, ...chosen(picture) }));
  return (
    <figure
      className={classes["image"]}
      aria-busy={uploading.isPending}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        const file = event.dataTransfer.files[0];
        if (!file) return;
        event.preventDefault();
        uploading.mutate(file, { onError: tellError });
      }}
    >
      <Shown component={component} />
      {uploading.isPending && <p className={classes["uploading"]}>Uploading the picture…</p>}
      <ImageTools cimId={cimId} image={component} onChange={onChange} />
    </figure>
  );
}

interface EditedImageProps {
  component: ImageComponent;
  onChange: (next: ImageComponent) => void;
}

function Shown({ component }: { component: ImageComponent }) {
  const url = useSurroundings().imageUrl(component.blob_id);
  return (
    <>
      {url ? (
        <img src={url} alt={component.alt} data-part="Image" />
      ) : (
        <div className={classes["imageMissing"]} role="img" aria-label={component.alt || "Picture"}>
          <IconPhoto aria-hidden />
          <span>{component.alt || "Picture"}</span>
        </div>
      )}
      <Footnote refs={ofWhole(component)} />
    </>
  );
}
