import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.css";
import "./theme.css";

import { MantineProvider } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { useStore } from "~/lib/store";
import { hasNews } from "~/lib/tell";

import { router } from "./router";
import { theme } from "./theme";

const Notices = lazy(() => import("./Notices"));

export function App() {
  const isNews = useStore(hasNews);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <RouterProvider router={router} />
      <Suspense fallback={null}>{isNews && <Notices />}</Suspense>
    </MantineProvider>
  );
}
