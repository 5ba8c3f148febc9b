import { Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";

import classes from "../shared/Around.module.css";
import { Paged } from "../shared/Paged";
import { versionsQuery } from "./data";

/** The builds of the product that can be deployed; the same for all. */
export function Versions() {
  const versions = useQuery(versionsQuery());
  if (versions.isError) return <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />;
  if (versions.isPending) return null;
  return (
    <section className={classes["section"]} aria-labelledby="versions">
      <Title order={2} id="versions" mb={6}>
        Versions
      </Title>
      {versions.data.length === 0 ? (
        <p className={classes["quiet"]}>
          None yet. The operators of the platform add them with <code>python -m cli versions add</code>.
        </p>
      ) : (
        <Paged rows={versions.data} atOnce={20}>
          {(rows) => (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Build</Table.Th>
                  <Table.Th>Name</Table.Th>
                  <Table.Th className={classes["wideOnly"] ?? ""}>Notes</Table.Th>
                  <Table.Th className={classes["wideOnly"] ?? ""}>Added</Table.Th>
                  <Table.Th>State</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ id, build_id, name, notes, created_at, retired_at }) => (
                  <Table.Tr key={id}>
                    <Table.Td>
                      <code>{build_id}</code>
                    </Table.Td>
                    <Table.Td className={classes["name"] ?? ""}>{name}</Table.Td>
                    <Table.Td className={`${classes["wideOnly"]} ${classes["quiet"]}`}>{notes}</Table.Td>
                    <Table.Td
                      className={`${classes["wideOnly"]} ${classes["quiet"]}`}
                      title={fullTime(created_at)}
                    >
                      {when(created_at)}
                    </Table.Td>
                    <Table.Td>
                      <span className={classes["state"]} data-tone={retired_at ? "quiet" : "good"}>
                        {retired_at ? "Retired" : "Can be deployed"}
                      </span>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Paged>
      )}
    </section>
  );
}
