import { Button, Select, Table } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import type { DealsSearch } from "~/app/router";
import { fullTime, when } from "~/lib/dates";
import { useActions } from "~/lib/keys/actions";

import { arrangedDeals, DEAL_SORTS, SHOWN } from "./deals/arrange";
import { rolesIn, useDeals } from "./deals/data";
import { NewDeal } from "./deals/NewDeal";
import classes from "./shared/Around.module.css";
import { Find } from "./shared/Find";
import { counted } from "./shared/found";
import { may } from "./shared/may";
import { Page } from "./shared/Page";
import { Paged } from "./shared/Paged";
import { PROJECT_ROLE_NAMES } from "./shared/roles";

const TYPING_MS = 150;

/** Every deal that the person sees; behind each its books. */
export function DealsPage() {
  const search = useSearch({ from: "/workspace/around/app/deals" });
  const navigate = useNavigate();
  const { rows, projects, isPending, error } = useDeals();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [words, setWords] = useState(search.find ?? "");
  const [settledWords] = useDebouncedValue(words, TYPING_MS);
  const change = (next: Partial<DealsSearch>): void =>
    void navigate({ to: "/app/deals", search: { ...search, ...next }, replace: true });
  useEffect(() => {
    const find = settledWords || undefined;
    if (find !== search.find) void navigate({ to: "/app/deals", search: { ...search, find }, replace: true });
    // The address follows the words, not the other way round.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settledWords]);

  const managed = projects.filter((project) => may("deals.manage", ...rolesIn(project)));
  useActions(
    managed.length > 0 ? [{ id: "new-deal", title: "New deal", group: "Deals", keys: "n", run: open }] : [],
  );
  const button = managed.length > 0 && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      New deal
    </Button>
  );
  const sort = DEAL_SORTS.find(({ value }) => value === search.sort)?.value ?? "name";
  const shown = SHOWN.find(({ value }) => value === search.archived)?.value ?? "open";
  const found = arrangedDeals(rows, { words: settledWords, sort, shown, projectId: search.project });

  return (
    <Page title="Deals" actions={button}>
      {error !== null && error !== undefined ? (
        <ProblemNote error={error} />
      ) : isPending ? (
        <PageLoading />
      ) : rows.length === 0 ? (
        <Empty
          title="No deals yet"
          action={button}
          example="“Sale of Bluecan”, in Project Bluecan, with two books."
        >
          {managed.length > 0
            ? "A deal is what a book is written for. Begin one, and then its first book."
            : "You have no role in a project with deals. Its lead, an owner or an admin can give you one."}
        </Empty>
      ) : (
        <>
          <div className={classes["bar"]}>
            <Find label="Find by deal or project" value={words} onChange={setWords} />
            <Select
              aria-label="Project"
              placeholder="Every project"
              data={projects.map(({ project_id, name }) => ({ value: project_id, label: name }))}
              value={search.project ?? null}
              onChange={(project) => change({ project: project ?? undefined })}
              clearable
              searchable
            />
            <Select
              aria-label="Which deals"
              data={SHOWN}
              value={shown}
              onChange={(archived) =>
                change({ archived: archived === "open" ? undefined : (archived ?? undefined) })
              }
              allowDeselect={false}
              w={110}
            />
            <Select
              aria-label="Order"
              data={DEAL_SORTS}
              value={sort}
              onChange={(next) => change({ sort: next === "name" ? undefined : (next ?? undefined) })}
              allowDeselect={false}
              w={110}
            />
            <span role="status" className={classes["count"]}>
              {counted(found.length, "deal")}
            </span>
          </div>
          {found.length === 0 ? (
            <Empty
              title="No deal like that"
              action={
                <Button
                  variant="default"
                  onClick={() => {
                    setWords("");
                    void navigate({ to: "/app/deals", search: {}, replace: true });
                  }}
                >
                  Show every deal
                </Button>
              }
            >
              Nothing fits what you look for; fewer words or filters find more.
            </Empty>
          ) : (
            <Paged rows={found}>
              {(page) => (
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Deal</Table.Th>
                      <Table.Th>Project</Table.Th>
                      <Table.Th className={classes["wideOnly"] ?? ""}>Your role</Table.Th>
                      <Table.Th className={classes["wideOnly"] ?? ""}>State</Table.Th>
                      <Table.Th className={classes["wideOnly"] ?? ""}>Begun</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {page.map(({ id, name, project, archived_at, created_at }) => (
                      <Table.Tr key={id}>
                        <Table.Td className={classes["name"] ?? ""}>
                          <Link to="/app/deals/$dealId" params={{ dealId: id }} className={classes["link"]}>
                            {name}
                          </Link>
                        </Table.Td>
                        <Table.Td style={{ whiteSpace: "nowrap" }}>
                          <Link
                            to="/app/projects/$projectId"
                            params={{ projectId: project.project_id }}
                            className={`${classes["link"]} ${classes["quiet"]}`}
                          >
                            {project.name}
                          </Link>
                        </Table.Td>
                        <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>
                          {project.project_role ? PROJECT_ROLE_NAMES[project.project_role] : "none"}
                        </Table.Td>
                        <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>
                          {archived_at ? "Archived" : "Open"}
                        </Table.Td>
                        <Table.Td
                          className={`${classes["wideOnly"]} ${classes["quiet"]}`}
                          title={fullTime(created_at)}
                        >
                          {when(created_at)}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              )}
            </Paged>
          )}
        </>
      )}
      <NewDeal projects={managed} projectId={search.project} opened={isOpen} onClose={close} />
    </Page>
  );
}
