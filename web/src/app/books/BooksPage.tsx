import { Button, Group, Select, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";

import { booksQuery } from "~/api/queries";
import type { BookStatus } from "~/api/types";
import { useActions } from "~/lib/keys/actions";
import { BOOK_STATUS_NAMES, STAGE_NAMES, STAGES } from "~/lib/words";

import { Empty } from "../Empty";
import { ProblemNote } from "../ProblemNote";
import type { BooksSearch } from "../router";
import { arranged, type BookSort, SORTS } from "./arrange";
import { BookList } from "./BookList";
import classes from "./BooksPage.module.css";
import { useMyDeals } from "./useMyDeals";

const NewBook = lazy(async () => ({ default: (await import("./NewBook")).NewBook }));

const TYPING_MS = 150;

const options = <T extends string>(names: Record<T, string>, order: readonly T[]) =>
  order.map((value) => ({ value, label: names[value] }));

const STATUSES: readonly BookStatus[] = ["draft", "in_progress", "complete"];

/** Every book that the person may see: by deal, status and stage, found by words, in the order they want. */
export function BooksPage() {
  const search = useSearch({ from: "/workspace/around/app/books" });
  const navigate = useNavigate();
  const deals = useMyDeals();
  const [isNewOpen, newBook] = useDisclosure(false);
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(search.find ?? "");
  const [settledWords] = useDebouncedValue(words, TYPING_MS);
  const sort: BookSort = search.sort ?? "changed";

  const change = (next: Partial<BooksSearch>): void =>
    void navigate({ to: "/app/books", search: { ...search, ...next }, replace: true });

  useEffect(() => {
    const find = settledWords || undefined;
    if (find !== search.find) void navigate({ to: "/app/books", search: { ...search, find }, replace: true });
    // The address follows the words, not the other way round.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settledWords]);

  const books = useInfiniteQuery(
    booksQuery({ dealId: search.deal, status: search.status, stage: search.stage }),
  );
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, isError } = books;
  // Words and orders other than the API's own are about all books, so all are read.
  const wantsAll = settledWords !== "" || sort !== "changed";
  useEffect(() => {
    if (wantsAll && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [wantsAll, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  const dealNames = useMemo(() => new Map(deals?.map(({ id, name }) => [id, name])), [deals]);
  const read = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const rows = useMemo(
    () => arranged(read, settledWords, sort, (dealId) => dealNames.get(dealId) ?? ""),
    [read, settledWords, sort, dealNames],
  );

  const mayCreate = deals?.some((deal) => deal.mayCreate) ?? false;
  useActions([
    { id: "find-book", title: "Find a book", group: "Books", keys: "f", run: () => field.current?.focus() },
    ...(mayCreate
      ? [{ id: "new-book", title: "New book", group: "Books", keys: "n", run: newBook.open }]
      : []),
  ]);

  const isFiltered = Boolean(search.deal ?? search.status ?? search.stage) || settledWords !== "";
  const newButton = mayCreate && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={newBook.open}>
      New book
    </Button>
  );

  return (
    <div className={classes["page"]}>
      <div className={classes["head"]}>
        <Group justify="space-between" wrap="nowrap">
          <Title order={1}>Books</Title>
          {newButton}
        </Group>
        <div className={classes["filters"]}>
          <TextInput
            ref={field}
            aria-label="Find by title or deal"
            placeholder="Find by title or deal"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            className={classes["find"] ?? ""}
          />
          <Select
            aria-label="Deal"
            placeholder="Every deal"
            data={deals?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            value={search.deal ?? null}
            onChange={(deal) => change({ deal: deal ?? undefined })}
            clearable
            searchable
          />
          <Select
            aria-label="Status"
            placeholder="Every status"
            data={options(BOOK_STATUS_NAMES, STATUSES)}
            value={search.status ?? null}
            onChange={(status) => change({ status: status ?? undefined })}
            clearable
          />
          <Select
            aria-label="Stage"
            placeholder="Every stage"
            data={options(STAGE_NAMES, STAGES)}
            value={search.stage ?? null}
            onChange={(stage) => change({ stage: stage ?? undefined })}
            clearable
          />
          <Select
            aria-label="Order"
            data={SORTS}
            value={sort}
            onChange={(next) => change({ sort: next && next !== "changed" ? next : undefined })}
            allowDeselect={false}
          />
          <span role="status" className={classes["count"]}>
            {books.isSuccess && counted(rows.length, read.length, hasNextPage, wantsAll)}
          </span>
        </div>
      </div>
      {books.isError && <ProblemNote error={books.error} onRetry={() => void books.refetch()} />}
      {books.isSuccess && rows.length === 0 && !hasNextPage ? (
        isFiltered ? (
          <Empty
            title="No book like that"
            action={
              <Button
                variant="default"
                onClick={() => {
                  setWords("");
                  void navigate({ to: "/app/books", search: {}, replace: true });
                }}
              >
                Show every book
              </Button>
            }
          >
            Nothing fits what you look for; fewer words or filters find more.
          </Empty>
        ) : (
          <Empty
            title="No books yet"
            action={newButton}
            example="For instance “Project Bluecan – Information Memorandum”, with its annual report and market notes."
          >
            A book is the memorandum of one deal. Begin one, upload the company&rsquo;s documents, and write
            it with the AI, from the buyer to the last slide.
          </Empty>
        )
      ) : (
        <BookList
          rows={rows}
          dealNames={dealNames}
          isLoading={books.isPending}
          onEnd={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      )}
      <Suspense fallback={null}>
        {isNewOpen && <NewBook opened onClose={newBook.close} deals={deals ?? []} dealId={search.deal} />}
      </Suspense>
    </div>
  );
}

function counted(shown: number, read: number, isMore: boolean, wantsAll: boolean): string {
  if (isMore && wantsAll) return `${shown} of ${read} read so far`;
  if (isMore) return `${shown} and more`;
  return shown === 1 ? "1 book" : `${shown} books`;
}
