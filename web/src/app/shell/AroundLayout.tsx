import { Outlet } from "@tanstack/react-router";

export function AroundLayout() {
  return <Outlet />;
}
