import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { useActions } from "~/lib/keys/actions";

import { useSignOut } from "../signin/useSignOut";
import { isHelpOpen, isPaletteOpen } from "./openers";

/** What can be done on every page. */
export function useGeneralActions(): void {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const go = (id: string, title: string, to: Parameters<typeof navigate>[0], keys?: string) => ({
    id,
    title,
    group: "Go to",
    ...(keys ? { keys } : {}),
    run: () => void navigate(to),
  });
  useActions([
    {
      id: "palette",
      title: "Open the palette",
      group: "General",
      keys: "mod+k",
      whileTyping: true,
      hidden: true,
      run: () => isPaletteOpen.set(!isPaletteOpen.get()),
    },
    { id: "help", title: "Show all keys", group: "General", keys: "?", run: () => isHelpOpen.set(true) },
    go("go-books", "Books", { to: "/app/books" }, "g l"),
    go("go-runs", "Runs", { to: "/app/runs" }, "g r"),
    go("go-deals", "Deals", { to: "/app/deals" }),
    go("go-orgs", "Organisations", { to: "/app/orgs" }),
    go("go-applications", "Applications", { to: "/app/applications" }),
    go("go-usage", "Usage and budgets", { to: "/app/usage" }),
    go("go-audit", "Audit log", { to: "/app/audit" }),
    go("go-settings", "Settings", { to: "/app/settings" }, "g s"),
    { id: "light", title: "Light", group: "Look", run: () => setColorScheme("light") },
    { id: "dark", title: "Dark", group: "Look", run: () => setColorScheme("dark") },
    { id: "system", title: "As the system", group: "Look", run: () => setColorScheme("auto") },
    { id: "sign-out", title: "Sign out", group: "General", run: signOut },
  ]);
}
