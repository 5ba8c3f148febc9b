import { ActionIcon, Button, Loader, Menu, Popover, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconDownload, IconFileExport } from "@tabler/icons-react";
import { useState } from "react";

import type { Book } from "~/api/types";

import { type ExportFormat, useExporting } from "./useExporting";
import classes from "./ExportMenu.module.css";

const FORMATS: Record<ExportFormat, string> = {
  pptx: "PowerPoint (pptx)",
  pdf: "PDF",
  md: "Markdown",
  json: "JSON",
};

/** The book as a file: made in the background, with its progress, and fetched when it is ready. */
export function ExportMenu({ book, isNarrow }: { book: Book; isNarrow: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const exporting = useExporting(book);
  const { step } = exporting;
  const start = (format: ExportFormat): void => {
    exporting.start(format);
    setOpen(true);
  };
  return (
    <Popover
      opened={isOpen && step.is !== "none"}
      onChange={setOpen}
      position="bottom-end"
      width={300}
      shadow="md"
      withinPortal
      withRoles={false}
    >
      <Popover.Target>
        <span>
          <Menu position="bottom-end">
            <Menu.Target>
              {isNarrow ? (
                <ActionIcon aria-label="Export">
                  {step.is === "making" ? <Loader size={14} /> : <IconFileExport size={18} aria-hidden />}
                </ActionIcon>
              ) : (
                <Button
                  variant="default"
                  leftSection={
                    step.is === "making" ? <Loader size={12} /> : <IconFileExport size={14} aria-hidden />
                  }
                >
                  Export
                </Button>
              )}
            </Menu.Target>
            <Menu.Dropdown>
              {(Object.keys(FORMATS) as ExportFormat[]).map((format) => (
                <Menu.Item key={format} onClick={() => start(format)}>
                  {FORMATS[format]}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} role="status" aria-label="Export">
          {step.is === "making" && (
            <Text className={classes["line"] ?? ""}>
              <Loader size={12} /> {FORMATS[step.format]}: {step.words}
            </Text>
          )}
          {step.is === "failed" && (
            <Text className={classes["line"] ?? ""} data-kind="failed">
              <IconAlertTriangle size={14} aria-hidden /> {step.sentence} {step.next}
            </Text>
          )}
          {step.is === "ready" && (
            <>
              <Text className={classes["line"] ?? ""} data-kind="ready">
                <IconCheck size={14} aria-hidden /> {FORMATS[step.format]} of revision {step.rev}: {step.size}
              </Text>
              <Button leftSection={<IconDownload size={14} aria-hidden />} onClick={exporting.download}>
                Download
              </Button>
              {step.problems.length > 0 && (
                <details>
                  <summary>{step.problems.length} remarks of the check</summary>
                  <ul className={classes["remarks"]}>
                    {step.problems.map((problem, at) => (
                      <li key={at}>{problem}</li>
                    ))}
                  </ul>
                </details>
              )}
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
