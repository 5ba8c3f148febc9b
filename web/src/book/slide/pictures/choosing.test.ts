import { describe, expect, it } from "vitest";

import type { Picture } from "~/api/types";

import { chosen } from "./choosing";

const PICTURE: Picture = {
  id: "i1",
  cim_id: "c1",
  source_id: "s1",
  locator: "page 3, picture 1",
  blob_sha256: "ab".repeat(32),
  media_type: "image/png",
  width: 320,
  height: 200,
  fingerprint: "0f",
  text: "The plant in Graz",
};

describe("a picture that was chosen", () => {
  it("keeps its place in the document as its source, and the words around it as what it shows", () => {
    expect(chosen(PICTURE)).toEqual({
      blob_id: PICTURE.blob_sha256,
      alt: "The plant in Graz",
      sources: [{ source_id: "s1", locator: "page 3, picture 1" }],
    });
  });

  it("has neither when it was uploaded: the name of a file says nothing to readers", () => {
    const uploaded = { ...PICTURE, source_id: "", locator: "uploaded", text: "IMG_0041.png" };
    expect(chosen(uploaded)).toEqual({ blob_id: PICTURE.blob_sha256, alt: "", sources: [] });
  });
});
