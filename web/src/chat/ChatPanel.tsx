import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { messagesQuery } from "~/api/queries";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { aiContext, wishToTalk } from "~/app/shell/aiPanel";
import { usePreference } from "~/lib/preferences";
import { useStore } from "~/lib/store";
import { isFinal } from "~/lib/stream/talk";

import { Refused } from "./cards/Refused";
import classes from "./ChatPanel.module.css";
import { Composer } from "./composer/Composer";
import { allRequestsQuery, branchesQuery } from "./data";
import { OpenRequests } from "./OpenRequests";
import { PanelBar } from "./PanelBar";
import { Conversation } from "./talk/Conversation";
import { forksIn } from "./talk/forks";
import { itemsOf } from "./talk/items";
import { pathOf } from "./talk/path";
import { useDoing } from "./useDoing";
import { WorkspaceNote } from "./WorkspaceNote";

const EXAMPLES = ["What were net sales in FY2024?", "Which slides need review, and why?"];

const WRAPPED = { label: { whiteSpace: "normal" } } as const;

/** The talk with the AI about one book. */
export function ChatPanel({ cimId }: { cimId: string }) {
  const [threadId, setThreadId] = usePreference(`ai-thread:${cimId}`, "main");
  const doing = useDoing();
  const examples = useStore(aiContext)?.examples ?? EXAMPLES;
  const talk = useInfiniteQuery(messagesQuery(cimId, threadId));
  const { data: branches } = useQuery(branchesQuery(cimId, threadId));
  const { data: requests } = useQuery(allRequestsQuery(cimId));

  const messages = useMemo(
    () => pathOf((talk.data?.pages ?? []).toReversed().flatMap(({ items }) => items)),
    [talk.data],
  );
  const ofThread = useMemo(
    () => (requests ?? []).filter(({ thread_id: id }) => (id || "main") === threadId),
    [requests, threadId],
  );
  const items = useMemo(() => itemsOf(messages, ofThread), [messages, ofThread]);
  const forks = useMemo(() => forksIn(messages, branches ?? []), [messages, branches]);
  const open = ofThread.filter(({ status }) => status === "open");
  const runId = messages.find((message) => message.role === "assistant" && !isFinal(message))?.run_id ?? null;

  return (
    <div className={classes["panel"]}>
      <PanelBar cimId={cimId} threadId={threadId} branches={branches ?? []} onThread={setThreadId} />
      <WorkspaceNote cimId={cimId} runId={runId} />
      {talk.isPending ? (
        <div className={classes["middle"]}>
          <PageLoading />
        </div>
      ) : items.length > 0 ? (
        <Conversation
          key={threadId}
          cimId={cimId}
          items={items}
          forks={forks}
          doing={doing}
          keysFor={open[0]?.id ?? null}
          hasOlder={talk.hasNextPage}
          isReadingOlder={talk.isFetchingNextPage}
          onOlder={() => void talk.fetchNextPage()}
        />
      ) : (
        <div className={classes["middle"]}>
          {talk.isError ? (
            <Refused error={talk.error} />
          ) : (
            <Empty
              title="Ask, or have it written"
              action={examples.map((example) => (
                <Button
                  key={example}
                  variant="default"
                  h="auto"
                  py={6}
                  maw={360}
                  styles={WRAPPED}
                  onClick={() => wishToTalk(example)}
                >
                  {example}
                </Button>
              ))}
            >
              The AI answers from the documents, each figure with its source, and asks before it changes what
              you did not name.
            </Empty>
          )}
        </div>
      )}
      <OpenRequests open={open} />
      <Composer
        key={`composer-${threadId}`}
        cimId={cimId}
        threadId={threadId}
        runId={runId}
        isAsking={open.some((request) => request.run_id === runId)}
      />
    </div>
  );
}
