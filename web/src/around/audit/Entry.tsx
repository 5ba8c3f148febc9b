import { Modal } from "@mantine/core";

import { fullTime } from "~/lib/dates";

import shared from "../shared/Around.module.css";
import classes from "./Audit.module.css";
import type { AuditRow } from "./data";
import { inWords, partyOf } from "./words";

interface EntryProps {
  row: AuditRow | null;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}

/** One entry with everything that was recorded of it. */
export function Entry({ row, names, onClose }: EntryProps) {
  return (
    <Modal opened={row !== null} onClose={onClose} title={row ? `Entry ${row.seq}` : ""} size="lg">
      {row && <Facts row={row} names={names} />}
    </Modal>
  );
}

function Facts({ row, names }: { row: AuditRow; names: ReadonlyMap<string, string> }) {
  const actor = partyOf(row.actor);
  const target = partyOf(row.target);
  return (
    <dl className={shared["facts"]}>
      <dt>When</dt>
      <dd>{fullTime(row.at)}</dd>
      <dt>Who</dt>
      <dd>
        {inWords(actor, names)} <span className={shared["small"]}>{actor.id}</span>
      </dd>
      <dt>What</dt>
      <dd>
        <code>{row.action}</code>
      </dd>
      <dt>To what</dt>
      <dd>
        {inWords(target, names)} <span className={shared["small"]}>{target.id}</span>
      </dd>
      <dt>Result</dt>
      <dd>{row.result}</dd>
      <dt>From</dt>
      <dd>
        {row.from_ip ?? "inside"}{" "}
        {row.user_agent && <span className={shared["small"]}>{row.user_agent}</span>}
      </dd>
      <dt>Details</dt>
      <dd>
        <pre className={classes["details"]}>{JSON.stringify(row.details, null, 2)}</pre>
      </dd>
      <dt>Hash</dt>
      <dd className={shared["small"]}>
        <code>{row.hash}</code>
      </dd>
      <dt>Follows on</dt>
      <dd className={shared["small"]}>
        <code>{row.previous_hash}</code>
      </dd>
    </dl>
  );
}
