import { Button, FileButton, Progress } from "@mantine/core";
import { IconFileSpreadsheet, IconFileText, IconPresentation, IconUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { Source } from "~/api/types";
import { useStore } from "~/lib/store";

import classes from "./Documents.module.css";
import { forget, tryAgain, type Upload, uploads } from "./uploads";

export const ACCEPTED = [".docx", ".pdf", ".xlsx", ".csv", ".md", ".txt", ".pptx"];

interface DocumentListProps {
  cimId: string;
  sources: readonly Source[];
  chosenId: string | undefined;
  canEdit: boolean;
  onFiles: (files: File[]) => void;
  onArrived: (source: Source) => void;
}

/** Every document of the book, how far its reading is, and those that are on their way. */
export function DocumentList({ cimId, sources, chosenId, canEdit, onFiles, onArrived }: DocumentListProps) {
  const onTheWay = useStore(uploads).filter((upload) => upload.cimId === cimId);
  return (
    <>
      {canEdit && (
        <FileButton multiple accept={ACCEPTED.join(",")} onChange={onFiles}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={14} aria-hidden />}>
              Upload documents
            </Button>
          )}
        </FileButton>
      )}
      <ul className={classes["list"]} aria-label="Documents of this book">
        {sources.map((source) => (
          <li key={source.id}>
            <Link
              to="/app/books/$cimId/documents"
              params={{ cimId }}
              search={{ source: source.id }}
              className={classes["document"]}
              aria-current={source.id === chosenId ? "true" : undefined}
              activeProps={{}}
            >
              <KindIcon kind={source.kind} />
              <span className={classes["name"]}>{source.name}</span>
              <span className={classes["state"]} data-is={source.status}>
                {stateOf(source)}
              </span>
            </Link>
          </li>
        ))}
        {onTheWay.map((upload) => (
          <UploadRow key={upload.id} upload={upload} onArrived={onArrived} />
        ))}
      </ul>
      {canEdit && (
        <p className={classes["drop"]}>
          Drop files anywhere on this page: Word, PDF, Excel, CSV, PowerPoint, Markdown or text.
        </p>
      )}
    </>
  );
}

function UploadRow({ upload, onArrived }: { upload: Upload; onArrived: (source: Source) => void }) {
  const { file, sent, failed, isFinal } = upload;
  const percent = Math.round(sent * 100);
  return (
    <li className={classes["upload"]}>
      <KindIcon kind={file.name.split(".").pop()?.toLowerCase() ?? ""} />
      <span className={classes["name"]}>{file.name}</span>
      {failed === null ? (
        <>
          <Progress value={percent} size="sm" aria-label={`Upload of ${file.name}`} />
          <span className={classes["state"]} role="status">
            {percent < 100 ? `Uploading, ${percent}% of ${sizeOf(file.size)}` : "Uploaded, being taken in"}
          </span>
        </>
      ) : (
        <div role="alert">
          <span className={classes["state"]} data-is="refused">
            Not uploaded. {failed}
          </span>
          <div>
            {!isFinal && (
              <Button size="compact-xs" variant="subtle" onClick={() => tryAgain(upload, onArrived)}>
                Try again
              </Button>
            )}
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => forget(upload)}>
              Leave it
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}

function KindIcon({ kind }: { kind: string }) {
  const Icon =
    kind === "xlsx" || kind === "csv"
      ? IconFileSpreadsheet
      : kind === "pptx"
        ? IconPresentation
        : IconFileText;
  return <Icon size={16} stroke={1.6} aria-hidden />;
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function stateOf({ status, problem, passages, facts }: Source): string {
  switch (status) {
    case "received":
      return "Waiting to be read";
    case "reading":
      return "Being read";
    case "refused":
      return `Could not be read. ${problem ?? ""}`;
    case "ready":
      return `${many(passages, "passage")}, ${many(facts, "fact")}`;
  }
}

export function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
