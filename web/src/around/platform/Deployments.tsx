import { Button, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconLoader2 } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { ProblemNote } from "~/app/ProblemNote";
import { fullTime, when } from "~/lib/dates";

import shared from "../shared/Around.module.css";
import {
  type Application,
  type Deployment,
  deploymentQuery,
  deploymentsQuery,
  isUnderWay,
  platformKeys,
  type Version,
} from "./data";
import classes from "./Platform.module.css";
import { ACTIONS, DEPLOYMENT_STATES, STEP_STATES, stepName, took, type Tone, versionName } from "./words";

interface DeploymentsProps {
  application: Application;
  versions: readonly Version[];
}

/** What was done to an application, the newest first; the steps of one are open. */
export function Deployments({ application, versions }: DeploymentsProps) {
  const deployments = useInfiniteQuery(deploymentsQuery(application.id));
  const [chosen, setChosen] = useState<string | null>(null);
  const client = useQueryClient();
  const latest = deployments.data?.pages[0]?.items[0];
  // What was done last changed the application itself.
  useEffect(() => {
    void client.invalidateQueries({ queryKey: platformKeys.applications(application.org_id) });
  }, [client, application.org_id, latest?.id, latest?.status]);
  if (deployments.isError)
    return <ProblemNote error={deployments.error} onRetry={() => void deployments.refetch()} />;
  const all = deployments.data?.pages.flatMap(({ items }) => items) ?? [];
  if (all.length === 0) return null;
  // What is under way is looked at until something else is chosen.
  const open = chosen ?? all[0]?.id;
  return (
    <div className={shared["section"]}>
      <h3 className={classes["title"]}>What was done</h3>
      <ul className={classes["deployments"]} aria-label="Deployments">
        {all.map((deployment) => (
          <li key={deployment.id}>
            <UnstyledButton
              className={classes["deployment"] ?? ""}
              aria-expanded={deployment.id === open}
              onClick={() => setChosen(deployment.id === open ? "" : deployment.id)}
            >
              <span>
                <strong>{ACTIONS[deployment.action]}</strong>{" "}
                {deployment.version_id ? versionName(versions, deployment.version_id) : ""}
              </span>
              <State {...DEPLOYMENT_STATES[deployment.status]} />
              <span className={shared["small"]} title={fullTime(deployment.created_at)}>
                {when(deployment.created_at)}
              </span>
            </UnstyledButton>
            {deployment.id === open && <Steps deployment={deployment} />}
          </li>
        ))}
      </ul>
      {deployments.hasNextPage && (
        <Button
          variant="subtle"
          loading={deployments.isFetchingNextPage}
          onClick={() => void deployments.fetchNextPage()}
        >
          Earlier ones
        </Button>
      )}
    </div>
  );
}

function Steps({ deployment }: { deployment: Deployment }) {
  const found = useQuery(deploymentQuery(deployment.id));
  if (found.isError) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  const steps = found.data?.steps ?? [];
  const now = found.data?.deployment ?? deployment;
  return (
    <div className={classes["steps"]}>
      <ol aria-label={`Steps: ${ACTIONS[deployment.action]}`} aria-live={isUnderWay(now) ? "polite" : "off"}>
        {steps.map((step) => (
          <li key={step.position}>
            <span>
              {stepName(step.name)}
              {step.attempt > 1 && <span className={shared["small"]}> (try {step.attempt})</span>}
            </span>
            <State {...STEP_STATES[step.status]} />
            <span className={shared["small"]} title={fullTime(step.started_at)}>
              {took(step.started_at, step.finished_at, found.dataUpdatedAt)}
            </span>
            {step.error && <span className={classes["error"]}>{step.error}</span>}
          </li>
        ))}
      </ol>
      {steps.length === 0 && found.isSuccess && (
        <p className={shared["small"]}>{isUnderWay(now) ? "It begins." : "No step was taken."}</p>
      )}
      {now.error && <p className={classes["error"]}>{now.error}</p>}
    </div>
  );
}

function State({ word, tone }: { word: string; tone: Tone }) {
  const Icon = { good: IconCheck, busy: IconLoader2, wait: null, bad: IconAlertTriangle, quiet: null }[tone];
  return (
    <span className={shared["state"]} data-tone={tone}>
      {Icon && <Icon size={14} aria-hidden />}
      {word}
    </span>
  );
}
