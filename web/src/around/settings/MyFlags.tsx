import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";

import classes from "../shared/Around.module.css";

interface MyFlagsProps {
  organisations: readonly components["schemas"]["Organisation"][];
}

/** What is rolled out to the person, and what is not yet. */
export function MyFlags({ organisations }: MyFlagsProps) {
  const flags = useQuery({
    queryKey: ["flags"],
    queryFn: async ({ signal }) => (await told(api.GET("/flags", { signal }))).items,
  });
  const rows = (flags.data ?? []).flatMap(({ org_id, flags: mine }) =>
    Object.entries(mine).map(([key, isOn]) => ({ org_id, key, isOn })),
  );
  if (rows.length === 0) return null;
  const nameOf = (orgId: string): string =>
    organisations.find(({ org_id }) => org_id === orgId)?.name ?? "your trial";
  return (
    <section className={classes["section"]} aria-labelledby="my-flags">
      <Title order={2} id="my-flags" mb={8}>
        Rolled out to you
      </Title>
      <dl className={classes["facts"]}>
        {rows.map(({ org_id, key, isOn }) => (
          <div key={`${org_id}/${key}`} style={{ display: "contents" }}>
            <dt>
              <code>{key}</code>
            </dt>
            <dd>
              <span className={classes["state"]} data-tone={isOn ? "good" : "quiet"}>
                {isOn ? "on" : "off"}
              </span>{" "}
              <span className={classes["small"]}>at {nameOf(org_id)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
