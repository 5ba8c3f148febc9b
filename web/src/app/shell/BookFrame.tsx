import { ActionIcon, Drawer, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconMessage2 } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";

import { headQuery } from "~/api/queries";
import { useActions } from "~/lib/keys/actions";
import { usePreference } from "~/lib/preferences";
import { BookPresence } from "~/lib/presence/usePresence";
import { useStore } from "~/lib/store";
import { BookLive } from "~/lib/stream/BookLive";

import { PageLoading } from "../PageLoading";
import { aiWish, isAiSheetOpen, useAiPlace, wishToTalk } from "./aiPanel";
import { AccessLost } from "./AccessLost";
import classes from "./BookFrame.module.css";
import { BookViewsRail } from "./BookViewsRail";
import { BOOK_VIEWS, PAGE_ID } from "./places";
import { RetentionNotice } from "./RetentionNotice";
import { TopBar } from "./TopBar";
import { Waiting } from "./Waiting";

const BookBar = lazy(async () => ({ default: (await import("~/book/BookBar")).BookBar }));
const ChatPanel = lazy(async () => ({ default: (await import("~/chat/ChatPanel")).ChatPanel }));

/** One open book: bar, views, the page in the middle, the AI panel; live for as long as it is open. */
export function BookFrame() {
  const { cimId } = useParams({ from: "/workspace/app/books/$cimId" });
  return (
    <Suspense fallback={<PageLoading />}>
      <OpenBook key={cimId} cimId={cimId} />
    </Suspense>
  );
}

function OpenBook({ cimId }: { cimId: string }) {
  const { data: book } = useSuspenseQuery(headQuery(cimId));
  return (
    <BookLive cimId={cimId}>
      <Waiting cimId={cimId} title={book.title} />
      <BookPresence cimId={cimId}>
        <Frame cimId={cimId} />
      </BookPresence>
    </BookLive>
  );
}

function Frame({ cimId }: { cimId: string }) {
  const isWide = useMediaQuery("(min-width: 62em), print", true, { getInitialValueInEffect: false });
  const [place, setPlace] = useAiPlace();
  const navigate = useNavigate();
  const wishes = useStore(aiWish).count;

  // Whoever wants to talk must see the panel.
  useEffect(() => {
    if (wishes > 0 && place === "hidden") setPlace("side");
    // Only a new wish counts: hiding the panel afterwards is the person's own choice.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wishes]);

  useActions([
    ...BOOK_VIEWS.map(({ title, to, keys }) => ({
      id: `view-${to}`,
      title,
      group: "This book",
      keys,
      run: () => void navigate({ to, params: { cimId } }),
    })),
    { id: "ai-talk", title: "Talk to the AI", group: "AI", keys: "/", run: () => wishToTalk() },
    {
      id: "ai-toggle",
      title: place === "hidden" ? "Show the AI panel" : "Hide the AI panel",
      group: "AI",
      keys: "mod+.",
      whileTyping: true,
      run: () => setPlace(place === "hidden" ? "side" : "hidden"),
    },
    { id: "ai-full", title: "AI panel over the whole page", group: "AI", run: () => setPlace("full") },
    { id: "ai-floating", title: "AI panel floating", group: "AI", run: () => setPlace("floating") },
  ]);

  const chat = (
    <Suspense fallback={<PageLoading />}>
      <ChatPanel cimId={cimId} />
    </Suspense>
  );
  const page = (
    <Suspense fallback={<PageLoading />}>
      <Outlet />
    </Suspense>
  );
  const toggle = (
    <Tooltip label={place === "hidden" ? "Show the AI" : "Hide the AI"}>
      <ActionIcon
        aria-label="AI panel"
        aria-pressed={isWide ? place !== "hidden" : undefined}
        onClick={() => {
          if (isWide) setPlace(place === "hidden" ? "side" : "hidden");
          else isAiSheetOpen.set(true);
        }}
      >
        <IconMessage2 size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );

  return (
    <div className={classes["frame"]}>
      <div>
        <TopBar cimId={cimId} end={toggle}>
          <Suspense fallback={null}>
            <BookBar cimId={cimId} />
          </Suspense>
        </TopBar>
        <AccessLost />
        <RetentionNotice cimId={cimId} />
      </div>
      <div className={classes["body"]}>
        {isWide && <BookViewsRail cimId={cimId} />}
        {isWide && place === "side" ? (
          <WithSide page={page} chat={chat} />
        ) : isWide && place === "full" ? (
          <aside id={PAGE_ID} tabIndex={-1} aria-label="AI" className={classes["full"]}>
            {chat}
          </aside>
        ) : (
          <main id={PAGE_ID} tabIndex={-1} className={classes["page"]}>
            {page}
          </main>
        )}
        {isWide && place === "floating" && (
          <aside aria-label="AI" className={classes["floating"]}>
            {chat}
          </aside>
        )}
        {!isWide && <AiSheet chat={chat} />}
      </div>
    </div>
  );
}

function WithSide({ page, chat }: { page: React.ReactNode; chat: React.ReactNode }) {
  const [layout, setLayout] = usePreference<Record<string, number>>("book-panels", { page: 72, ai: 28 });
  return (
    <Group
      id="book-panels"
      className={classes["panels"] ?? ""}
      defaultLayout={layout}
      onLayoutChanged={(next, { isUserInteraction }) => {
        if (isUserInteraction) setLayout(next);
      }}
    >
      <Panel id="page" minSize="40%">
        <main id={PAGE_ID} tabIndex={-1} className={classes["page"]}>
          {page}
        </main>
      </Panel>
      <Separator className={classes["separator"] ?? ""} aria-label="Width of the AI panel" />
      <Panel id="ai" minSize="280px" maxSize="50%">
        <aside aria-label="AI" className={classes["side"]}>
          {chat}
        </aside>
      </Panel>
    </Group>
  );
}

function AiSheet({ chat }: { chat: React.ReactNode }) {
  const isOpen = useStore(isAiSheetOpen);
  return (
    <Drawer
      opened={isOpen}
      onClose={() => isAiSheetOpen.set(false)}
      position="right"
      size="100%"
      title="AI"
      classNames={{ body: classes["sheet"] ?? "", content: classes["sheetContent"] ?? "" }}
    >
      {chat}
    </Drawer>
  );
}
