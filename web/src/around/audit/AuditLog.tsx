import { Autocomplete, Button, Menu, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconDownload, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { Empty } from "~/app/Empty";
import { ProblemNote } from "~/app/ProblemNote";
import type { AuditSearch } from "~/app/router";

import { membersQuery } from "../orgs/data";
import classes from "../shared/Around.module.css";
import type { Org } from "../shared/OrgFrame";
import { nameOf } from "../shared/roles";
import { AuditList } from "./AuditList";
import { auditQuery, type AuditRow, download } from "./data";
import { Entry } from "./Entry";
import { Verify } from "./Verify";
import { filterOf, USUAL_ACTIONS } from "./words";

const TYPING_MS = 300;

interface AuditLogProps {
  org: Org;
  search: AuditSearch;
  onChange: (next: Partial<AuditSearch>) => void;
}

export function AuditLog({ org, search, onChange }: AuditLogProps) {
  const filter = useMemo(() => filterOf(search), [search]);
  const members = useQuery(membersQuery(org.org_id));
  const log = useInfiniteQuery(auditQuery(org.org_id, filter));
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = log;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const names = useMemo(
    () =>
      new Map([
        ...(members.data ?? []).map((member) => [member.user_id, nameOf(member)] as const),
        [org.org_id, org.name],
      ]),
    [members.data, org],
  );
  const [opened, setOpened] = useState<AuditRow | null>(null);
  const [isVerifying, verifying] = useDisclosure(false);
  const file = useMutation({
    mutationFn: (format: "csv" | "json") => download(org.org_id, filter, format),
    meta: { quiet: true },
  });
  const later = useDebouncedCallback(onChange, TYPING_MS);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <div>
      <div className={classes["bar"]}>
        <Select
          aria-label="Who"
          placeholder="Everybody"
          data={(members.data ?? []).map((member) => ({ value: member.user_id, label: nameOf(member) }))}
          value={search.actor ?? null}
          onChange={(actor) => onChange({ actor: actor ?? undefined })}
          clearable
          searchable
          w={150}
        />
        <Autocomplete
          size="xs"
          aria-label="What"
          placeholder="Every action"
          data={USUAL_ACTIONS.map(({ value }) => value)}
          renderOption={({ option }) =>
            USUAL_ACTIONS.find(({ value }) => value === option.value)?.label ?? option.value
          }
          defaultValue={search.action ?? ""}
          onChange={(action) => later({ action: action || undefined })}
          clearable
          w={150}
        />
        <TextInput
          aria-label="To what: an id"
          placeholder="Id of what it was done to"
          defaultValue={search.target ?? ""}
          onChange={(event) => later({ target: event.currentTarget.value || undefined })}
          className={classes["grow"] ?? ""}
        />
        <TextInput
          type="date"
          aria-label="From day"
          leftSection="from"
          leftSectionWidth={42}
          value={search.since ?? ""}
          onChange={(event) => onChange({ since: event.currentTarget.value || undefined })}
          w={156}
        />
        <TextInput
          type="date"
          aria-label="To day"
          leftSection="to"
          leftSectionWidth={28}
          value={search.until ?? ""}
          onChange={(event) => onChange({ until: event.currentTarget.value || undefined })}
          w={140}
        />
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              loading={file.isPending}
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => file.mutate("csv")}>As CSV{isFiltered && ", as filtered"}</Menu.Item>
            <Menu.Item onClick={() => file.mutate("json")}>As JSON{isFiltered && ", as filtered"}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={14} aria-hidden />}
          onClick={verifying.open}
        >
          Check the chain
        </Button>
      </div>
      {file.isError && <ProblemNote error={file.error} />}
      {log.isError ? (
        <ProblemNote error={log.error} onRetry={() => void log.refetch()} />
      ) : log.isSuccess && rows.length === 0 ? (
        <Empty title={isFiltered ? "No entry like that" : "Nothing was done yet"}>
          {isFiltered
            ? "Fewer filters find more; days are those of your own zone."
            : "Every change, and every reading of a book or document, will be here."}
        </Empty>
      ) : (
        <AuditList
          rows={rows}
          names={names}
          isLoading={log.isPending}
          onOpen={setOpened}
          onEnd={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      )}
      <Entry row={opened} names={names} onClose={() => setOpened(null)} />
      <Verify org={org} opened={isVerifying} onClose={verifying.close} />
    </div>
  );
}
