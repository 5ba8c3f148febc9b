import { UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";

import type { components } from "~/api/schema";

import classes from "./DemoPeople.module.css";

type DemoPerson = components["schemas"]["DemoPerson"];

interface DemoPeopleProps {
  onChoose: (person: DemoPerson) => void;
  isBusy: boolean;
}

/** On a stack that is for trying out: everybody who can be signed in as, with one click. */
export function DemoPeople({ onChoose, isBusy }: DemoPeopleProps) {
  const [people, setPeople] = useState<DemoPerson[]>([]);
  useEffect(() => {
    const asking = new AbortController();
    fetch("/web-config", { signal: asking.signal })
      .then((answer) => answer.json())
      .then((config: components["schemas"]["WebConfig"]) => setPeople(config.demo_people))
      // Without them one signs in by hand.
      .catch(() => undefined);
    return () => asking.abort();
  }, []);
  if (people.length === 0) return null;
  return (
    <section aria-labelledby="demo-people" className={classes["section"]}>
      <h2 id="demo-people" className={classes["title"]}>
        To try it out, sign in as
      </h2>
      <div className={classes["organizations"]}>
        {[...Map.groupBy(people, ({ organization }) => organization)].map(([organization, found]) => (
          <div key={organization}>
            <h3 className={classes["organization"]}>{organization || "Elsewhere"}</h3>
            <ul className={classes["people"]}>
              {found.map((person) => (
                <li key={person.email}>
                  <UnstyledButton
                    className={classes["person"] ?? ""}
                    disabled={isBusy}
                    onClick={() => onChoose(person)}
                  >
                    <span>{person.name}</span>
                    <span className={classes["role"]}>{person.role}</span>
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}
