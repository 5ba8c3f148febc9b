import { Button, Group, Modal, Select, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { booksQuery } from "~/api/queries";
import { arranged, type BookSort, SORTS } from "~/app/books/arrange";
import { BookList } from "~/app/books/BookList";
import { NewBook } from "~/app/books/NewBook";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";
import { useActions } from "~/lib/keys/actions";

import { type DealRow, rolesIn, useDeals } from "./deals/data";
import dealClasses from "./deals/Deal.module.css";
import classes from "./shared/Around.module.css";
import { Find } from "./shared/Find";
import { counted } from "./shared/found";
import { may } from "./shared/may";
import { NameForm } from "./shared/NameForm";
import { Sure } from "./shared/Sure";
import { useChange } from "./shared/useChange";

/** One deal and its books. */
export function DealPage() {
  const { dealId } = useParams({ from: "/workspace/around/app/deals/$dealId" });
  const { rows, isPending, error } = useDeals();
  const deal = rows.find(({ id }) => id === dealId);
  if (deal) return <DealSheet key={deal.id} deal={deal} />;
  if (error) return <ProblemNote error={error} />;
  if (isPending) return <PageLoading />;
  return (
    <Empty title="There is no such deal">
      Perhaps you have no role in its project any more, or the address is not complete.
    </Empty>
  );
}

function DealSheet({ deal }: { deal: DealRow }) {
  const { project } = deal;
  const mayManage = may("deals.manage", ...rolesIn(project));
  const mayCreate = may("cim.create", project.project_role) && deal.archived_at === null;
  const [isNewOpen, newBook] = useDisclosure(false);
  useActions(
    mayCreate ? [{ id: "new-book", title: "New book", group: "Deal", keys: "n", run: newBook.open }] : [],
  );
  const button = mayCreate && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={newBook.open}>
      New book
    </Button>
  );
  return (
    <div className={dealClasses["page"]}>
      <header className={classes["head"]}>
        <div>
          <Title order={1}>{deal.name}</Title>
          <p className={dealClasses["facts"]}>
            <Link to="/app/deals" className={classes["link"]}>
              Deals
            </Link>{" "}
            ·{" "}
            <Link
              to="/app/projects/$projectId"
              params={{ projectId: project.project_id }}
              className={classes["link"]}
            >
              {project.name}
            </Link>
            {deal.archived_at && " · archived: its books can be read, new ones cannot be begun"}
          </p>
        </div>
        <Group gap="xs">
          {mayManage && <Managing deal={deal} />}
          {button}
        </Group>
      </header>
      {may("books.read", project.project_role) ? (
        <Books deal={deal} newButton={button} />
      ) : (
        <Empty title="Its books are not shown to you">
          You decide who belongs to {project.name}. Its books are seen by people with a role in it; give
          yourself one on the project&rsquo;s page if you work on it.
        </Empty>
      )}
      <NewBook
        opened={isNewOpen}
        onClose={newBook.close}
        deals={[
          {
            id: deal.id,
            name: deal.name,
            project: project.name,
            projectId: project.project_id,
            mayCreate,
          },
        ]}
        dealId={deal.id}
      />
    </div>
  );
}

function Managing({ deal }: { deal: DealRow }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const touches = [keys.deals(deal.project_id)];
  const path = { deal_id: deal.id };
  const rename = useChange(
    (name: string) => told(api.PATCH("/deals/{deal_id}", { params: { path }, body: { name } })),
    { touches, onDone: close },
  );
  const archive = useChange(
    (archived: boolean) => told(api.PATCH("/deals/{deal_id}", { params: { path }, body: { archived } })),
    { touches },
  );
  return (
    <>
      <Button variant="subtle" color="gray" onClick={open}>
        Rename
      </Button>
      {deal.archived_at === null ? (
        <Sure
          label="Archive"
          title={`Archive ${deal.name}?`}
          change={archive}
          onSure={() => archive.mutate(true)}
          isHarmless
        >
          Its books stay readable; new ones cannot be begun. It can be opened again.
        </Sure>
      ) : (
        <Button variant="default" loading={archive.isPending} onClick={() => archive.mutate(false)}>
          Open again
        </Button>
      )}
      <Modal opened={isOpen} onClose={close} title="Rename the deal">
        <NameForm
          label="Name"
          initial={deal.name}
          submit="Rename"
          change={rename}
          onSubmit={(name) => rename.mutate(name)}
          onCancel={close}
        />
      </Modal>
    </>
  );
}

function Books({ deal, newButton }: { deal: DealRow; newButton: React.ReactNode }) {
  const search = useSearch({ from: "/workspace/around/app/deals/$dealId" });
  const navigate = useNavigate();
  const [words, setWords] = useState(search.find ?? "");
  const sort: BookSort = SORTS.find(({ value }) => value === search.sort)?.value ?? "changed";
  const books = useInfiniteQuery(booksQuery({ dealId: deal.id }));
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, isError } = books;
  // Words and orders other than the API's own are about all books, so all are read.
  const wantsAll = words !== "" || sort !== "changed";
  useEffect(() => {
    if (wantsAll && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [wantsAll, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const rows = useMemo(
    () => arranged(data?.pages.flatMap(({ items }) => items) ?? [], words, sort, () => ""),
    [data, words, sort],
  );
  if (books.isError) return <ProblemNote error={books.error} onRetry={() => void books.refetch()} />;
  if (books.isSuccess && rows.length === 0 && words === "")
    return (
      <Empty title="No books yet" action={newButton} example={`“${deal.name} – Information Memorandum”`}>
        The books of this deal will be here.
      </Empty>
    );
  return (
    <>
      <div className={classes["bar"]}>
        <Find label="Find a book" value={words} onChange={setWords} />
        <Select
          aria-label="Order"
          data={SORTS}
          value={sort}
          onChange={(next) =>
            void navigate({
              to: "/app/deals/$dealId",
              params: { dealId: deal.id },
              search: next && next !== "changed" ? { ...search, sort: next } : {},
              replace: true,
            })
          }
          allowDeselect={false}
          w={150}
        />
        <span role="status" className={classes["count"]}>
          {books.isSuccess && (hasNextPage ? `${rows.length} and more` : counted(rows.length, "book"))}
        </span>
      </div>
      <BookList
        rows={rows}
        isLoading={books.isPending}
        onEnd={() => {
          if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
        }}
      />
    </>
  );
}
