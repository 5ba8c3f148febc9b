import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { useActions } from "~/lib/keys/actions";

import { PLACES } from "../shell/places";
import { useSignOut } from "../signin/useSignOut";
import { isHelpOpen, isPaletteOpen } from "./openers";

/** What can be done on every page. */
export function useGeneralActions(): void {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
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
    ...PLACES.map(({ title, to, keys }) => ({
      id: `go-${to}`,
      title,
      group: "Go to",
      ...(keys ? { keys } : {}),
      run: () => void navigate({ to }),
    })),
    { id: "light", title: "Light", group: "Look", run: () => setColorScheme("light") },
    { id: "dark", title: "Dark", group: "Look", run: () => setColorScheme("dark") },
    { id: "system", title: "As the system", group: "Look", run: () => setColorScheme("auto") },
    { id: "help", title: "Show all keys", group: "General", keys: "?", run: () => isHelpOpen.set(true) },
    { id: "sign-out", title: "Sign out", group: "General", run: signOut },
  ]);
}
