/** Every address of the workspace. A page's code is loaded when it is first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";

import type { BookStatus, Stage } from "~/api/types";
import { sessionState } from "~/lib/session/session";

import { NotFound } from "./NotFound";
import { PageError } from "./PageError";
import { PageLoading } from "./PageLoading";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    redirect({ to: "/app/books", replace: true, throw: true });
  },
});

const appStart = createRoute({
  getParentRoute: () => root,
  path: "/app",
  beforeLoad: () => {
    redirect({ to: "/app/books", replace: true, throw: true });
  },
});

const joining = (search: Record<string, unknown>): { next?: string } =>
  typeof search["next"] === "string" && search["next"].startsWith("/app") ? { next: search["next"] } : {};

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/app/sign-in",
  validateSearch: joining,
  component: lazyRouteComponent(() => import("./signin/SignInPage"), "SignInPage"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/app/sign-up",
  validateSearch: joining,
  component: lazyRouteComponent(() => import("~/around/joining/SignUpPage"), "SignUpPage"),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/app/reset-password",
  validateSearch: joining,
  component: lazyRouteComponent(() => import("~/around/joining/ResetPage"), "ResetPage"),
});

const trial = createRoute({
  getParentRoute: () => root,
  path: "/app/trial/$orgId",
  component: lazyRouteComponent(() => import("~/around/joining/TrialPage"), "TrialPage"),
});

/** Everything that needs a person. */
const workspace = createRoute({
  getParentRoute: () => root,
  id: "workspace",
  beforeLoad: ({ location }) => {
    if (sessionState.get().is === "out")
      redirect({ to: "/app/sign-in", search: { next: location.href }, replace: true, throw: true });
  },
  component: lazyRouteComponent(() => import("./Workspace"), "Workspace"),
});

/** Pages around the books, with the list of places in the bar. */
const around = createRoute({
  getParentRoute: () => workspace,
  id: "around",
  component: lazyRouteComponent(() => import("./shell/AroundLayout"), "AroundLayout"),
});

export interface BooksSearch {
  deal?: string | undefined;
  status?: BookStatus | undefined;
  stage?: Stage | undefined;
  sort?: "changed" | "title" | "stage" | "review" | undefined;
  find?: string | undefined;
}

const word = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

/** Those of the names that the address gives a word for. */
const words = <N extends string>(search: Record<string, unknown>, ...names: readonly N[]) =>
  Object.fromEntries(names.flatMap((name) => (word(search[name]) ? [[name, word(search[name])]] : []))) as {
    [name in N]?: string;
  };

const books = createRoute({
  getParentRoute: () => around,
  path: "/app/books",
  validateSearch: (search): BooksSearch => ({
    deal: word(search["deal"]),
    status: word(search["status"]) as BooksSearch["status"],
    stage: word(search["stage"]) as BooksSearch["stage"],
    sort: word(search["sort"]) as BooksSearch["sort"],
    find: word(search["find"]),
  }),
  component: lazyRouteComponent(() => import("./books/BooksPage"), "BooksPage"),
});

const runs = createRoute({
  getParentRoute: () => around,
  path: "/app/runs",
  component: lazyRouteComponent(() => import("~/runs/RunsPage"), "RunsPage"),
});

const run = createRoute({
  getParentRoute: () => around,
  path: "/app/runs/$runId",
  component: lazyRouteComponent(() => import("~/runs/RunPage"), "RunPage"),
});

const orgs = createRoute({
  getParentRoute: () => around,
  path: "/app/orgs",
  component: lazyRouteComponent(() => import("~/around/OrgsPage"), "OrgsPage"),
});

const org = createRoute({
  getParentRoute: () => around,
  path: "/app/orgs/$orgId",
  validateSearch: (search): { tab?: string } => words(search, "tab"),
  component: lazyRouteComponent(() => import("~/around/OrgPage"), "OrgPage"),
});

const invitation = createRoute({
  getParentRoute: () => around,
  path: "/app/invitations/$token",
  component: lazyRouteComponent(() => import("~/around/joining/InvitationPage"), "InvitationPage"),
});

const project = createRoute({
  getParentRoute: () => around,
  path: "/app/projects/$projectId",
  component: lazyRouteComponent(() => import("~/around/ProjectPage"), "ProjectPage"),
});

export interface DealsSearch {
  project?: string;
  find?: string;
  sort?: string;
  archived?: string;
}

const deals = createRoute({
  getParentRoute: () => around,
  path: "/app/deals",
  validateSearch: (search): DealsSearch => words(search, "project", "find", "sort", "archived"),
  component: lazyRouteComponent(() => import("~/around/DealsPage"), "DealsPage"),
});

const deal = createRoute({
  getParentRoute: () => around,
  path: "/app/deals/$dealId",
  validateSearch: (search): { find?: string; sort?: string } => words(search, "find", "sort"),
  component: lazyRouteComponent(() => import("~/around/DealPage"), "DealPage"),
});

const applications = createRoute({
  getParentRoute: () => around,
  path: "/app/applications",
  validateSearch: (search): { org?: string } => words(search, "org"),
  component: lazyRouteComponent(() => import("~/around/ApplicationsPage"), "ApplicationsPage"),
});

const usage = createRoute({
  getParentRoute: () => around,
  path: "/app/usage",
  validateSearch: (search): { org?: string; span?: string; by?: string; measure?: string } =>
    words(search, "org", "span", "by", "measure"),
  component: lazyRouteComponent(() => import("~/around/UsagePage"), "UsagePage"),
});

export interface AuditSearch {
  org?: string;
  actor?: string;
  action?: string;
  target?: string;
  since?: string;
  until?: string;
}

const audit = createRoute({
  getParentRoute: () => around,
  path: "/app/audit",
  validateSearch: (search): AuditSearch =>
    words(search, "org", "actor", "action", "target", "since", "until"),
  component: lazyRouteComponent(() => import("~/around/AuditPage"), "AuditPage"),
});

const settings = createRoute({
  getParentRoute: () => around,
  path: "/app/settings",
  component: lazyRouteComponent(() => import("~/around/SettingsPage"), "SettingsPage"),
});

/** One book: its bar, the page in the middle, the AI panel; the live stream runs for as long as it is open. */
const book = createRoute({
  getParentRoute: () => workspace,
  path: "/app/books/$cimId",
  component: lazyRouteComponent(() => import("./shell/BookFrame"), "BookFrame"),
});

const bookPage = createRoute({
  getParentRoute: () => book,
  id: "page",
  component: lazyRouteComponent(() => import("~/book/BookPage"), "BookPage"),
});

// These differ only in what BookPage shows in its middle; it reads the parameters itself and stays mounted.
const bookStart = createRoute({ getParentRoute: () => bookPage, path: "/" });
const bookSlide = createRoute({ getParentRoute: () => bookPage, path: "slides/$slideId" });
const bookStage = createRoute({ getParentRoute: () => bookPage, path: "stages/$stage" });

const buyer = createRoute({
  getParentRoute: () => book,
  path: "buyer",
  component: lazyRouteComponent(() => import("~/views/BuyerWorkshop"), "BuyerWorkshop"),
});

const map = createRoute({
  getParentRoute: () => book,
  path: "map",
  validateSearch: (search): { entity?: string } =>
    word(search["entity"]) ? { entity: String(search["entity"]) } : {},
  component: lazyRouteComponent(() => import("~/views/RelationshipMap"), "RelationshipMap"),
});

const MARKET_TABS = ["segments", "competitors", "regulation", "geography", "timeline"] as const;

const market = createRoute({
  getParentRoute: () => book,
  path: "market",
  validateSearch: (search): { tab?: (typeof MARKET_TABS)[number] } => {
    const tab = MARKET_TABS.find((name) => name === search["tab"]);
    return tab ? { tab } : {};
  },
  component: lazyRouteComponent(() => import("~/views/MarketBuilder"), "MarketBuilder"),
});

const story = createRoute({
  getParentRoute: () => book,
  path: "story",
  component: lazyRouteComponent(() => import("~/views/StoryArchitect"), "StoryArchitect"),
});

/** `passage`: opened where it stands, with the figure marked. */
const documents = createRoute({
  getParentRoute: () => book,
  path: "documents",
  validateSearch: (
    search,
  ): { source?: string; passage?: string; mark?: string; tab?: "facts" | "contradictions" } => ({
    ...(word(search["source"]) ? { source: String(search["source"]) } : {}),
    ...(word(search["passage"]) ? { passage: String(search["passage"]) } : {}),
    ...(word(search["mark"]) ? { mark: String(search["mark"]) } : {}),
    ...(search["tab"] === "facts" || search["tab"] === "contradictions" ? { tab: search["tab"] } : {}),
  }),
  component: lazyRouteComponent(() => import("~/views/Documents"), "Documents"),
});

const tree = root.addChildren([
  start,
  appStart,
  signIn,
  signUp,
  resetPassword,
  trial,
  workspace.addChildren([
    around.addChildren([
      books,
      runs,
      run,
      orgs,
      org,
      invitation,
      project,
      deals,
      deal,
      applications,
      usage,
      audit,
      settings,
    ]),
    book.addChildren([
      bookPage.addChildren([bookStart, bookSlide, bookStage]),
      buyer,
      map,
      market,
      story,
      documents,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultErrorComponent: PageError,
  defaultPendingComponent: PageLoading,
  defaultPendingMs: 300,
  defaultPendingMinMs: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
