import { Button, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { sourcesQuery } from "~/api/queries";
import type { Picture } from "~/api/types";
import { ProblemNote } from "~/app/ProblemNote";

import { type Chosen, chosen, PICTURE_TYPES, useUpload } from "./choosing";
import { imagesQuery, pictureQuery } from "./images";
import classes from "./PicturePicker.module.css";

const SHOWN_AT_ONCE = 24;
const NOTHING: readonly Picture[] = [];

interface PicturePickerProps {
  cimId: string;
  onChoose: (picture: Chosen) => void;
  onClose: () => void;
}

/** A picture for a slide: a file of one's own, or one that the documents hold. */
export default function PicturePicker({ cimId, onChoose, onClose }: PicturePickerProps) {
  const known = useQuery(imagesQuery(cimId));
  const sources = useQuery(sourcesQuery(cimId)).data;
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  const choose = (picture: Picture): void => {
    onChoose(chosen(picture));
    onClose();
  };
  const uploading = useUpload(cimId, choose);
  const pictures = known.data ?? NOTHING;
  const nameOf = (picture: Picture): string =>
    (picture.source_id
      ? sources?.find(({ id }) => id === picture.source_id)?.name
      : picture.text || "uploaded") ?? "";

  return (
    <Modal opened onClose={onClose} title="Choose a picture" size="lg">
      <Stack gap="sm">
        <Dropzone
          accept={PICTURE_TYPES}
          multiple={false}
          loading={uploading.isPending}
          onDrop={([file]) => file && uploading.mutate(file)}
          inputProps={{ "aria-label": "Picture file" }}
          data-autofocus
        >
          <Text ta="center">
            <strong>Drop a picture here, or click to choose a file.</strong>
          </Text>
          <Text ta="center" c="dimmed">
            PNG, JPEG, GIF or WebP, up to 20 MB
          </Text>
        </Dropzone>
        {uploading.isError && <ProblemNote error={uploading.error} />}
        {known.isError && <ProblemNote error={known.error} />}
        <Text fw={600}>Pictures of this book</Text>
        {known.isSuccess && pictures.length === 0 && (
          <Text c="dimmed">
            The documents hold no pictures. Those that you upload stay here to be used again.
          </Text>
        )}
        <ul className={classes["grid"]}>
          {pictures.slice(0, most).map((picture) => (
            <li key={picture.id}>
              <Thumbnail
                cimId={cimId}
                picture={picture}
                name={nameOf(picture)}
                onChoose={() => choose(picture)}
              />
            </li>
          ))}
        </ul>
        {pictures.length > most && (
          <Button variant="default" onClick={() => setMost(most + SHOWN_AT_ONCE)}>
            Show more
          </Button>
        )}
      </Stack>
    </Modal>
  );
}

interface ThumbnailProps {
  cimId: string;
  picture: Picture;
  name: string;
  onChoose: () => void;
}

function Thumbnail({ cimId, picture, name, onChoose }: ThumbnailProps) {
  const url = useQuery(pictureQuery(cimId, picture.id)).data;
  const { source_id, locator, text } = picture;
  const where = source_id ? `${name}, ${locator}` : name;
  return (
    <button
      type="button"
      className={classes["one"]}
      onClick={onChoose}
      aria-label={source_id && text ? `${text}, ${where}` : where}
    >
      {url ? <img src={url} alt="" /> : <Skeleton height={96} />}
      <span title={where}>{where}</span>
    </button>
  );
}
