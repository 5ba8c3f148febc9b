import { Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

import classes from "~/app/signin/SignInPage.module.css";
import { useSessionState } from "~/lib/session/useSession";

/** A page before the workspace. Whoever is signed in, or just became so, goes on to `next`. */
export function DoorFrame({ title, next, children }: { title: string; next?: string; children: ReactNode }) {
  const state = useSessionState();
  const navigate = useNavigate();
  useEffect(() => {
    if (state.is === "in" && next !== undefined) void navigate({ href: next, replace: true });
  }, [state.is, next, navigate]);
  return (
    <main className={classes["page"]}>
      <div className={classes["box"]}>
        <header className={classes["head"]}>
          <img src="/assets/icon.svg" alt="" width={28} height={28} />
          <Title order={1}>{title}</Title>
        </header>
        {children}
      </div>
    </main>
  );
}
