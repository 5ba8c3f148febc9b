import { Outlet } from "@tanstack/react-router";

export function BookFrame() {
  return <Outlet />;
}
