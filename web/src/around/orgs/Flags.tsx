import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Select,
  Slider,
  Stack,
  Switch,
  Text,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";
import { Empty } from "~/app/Empty";
import { PageLoading } from "~/app/PageLoading";
import { ProblemNote } from "~/app/ProblemNote";

import classes from "../shared/Around.module.css";
import { may } from "../shared/may";
import type { Org } from "../shared/OrgFrame";
import { nameOf } from "../shared/roles";
import { Sure } from "../shared/Sure";
import { useChange } from "../shared/useChange";
import { type FlagSetting, flagsQuery, membersQuery, type NewSetting, orgKeys, teamsQuery } from "./data";
import flagClasses from "./Flags.module.css";
import { inForce, reach, UNITS } from "./flags";

type KnownFlag = components["schemas"]["KnownFlag"];

/** What is rolled out to whom in this organisation. */
export function Flags({ org }: { org: Org }) {
  const flags = useQuery(flagsQuery(org.org_id));
  if (flags.isError) return <ProblemNote error={flags.error} onRetry={() => void flags.refetch()} />;
  if (flags.isPending) return <PageLoading />;
  const { known, settings } = flags.data;
  if (known.length === 0)
    return <Empty title="No flags">This version of the product has nothing to switch.</Empty>;
  return (
    <ul className={flagClasses["flags"]} aria-label="Flags">
      {known.map((flag) => (
        <Flag key={flag.key} org={org} flag={flag} settings={settings} />
      ))}
    </ul>
  );
}

function Flag({ org, flag, settings }: { org: Org; flag: KnownFlag; settings: readonly FlagSetting[] }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const { setting, from } = inForce(flag.key, settings);
  const path = { org_id: org.org_id, key: flag.key };
  const set = useChange(
    (body: NewSetting) => told(api.PUT("/orgs/{org_id}/flags/{key}", { params: { path }, body })),
    { touches: [orgKeys.flags(org.org_id), ["flags"]], onDone: close },
  );
  const forget = useChange(() => told(api.DELETE("/orgs/{org_id}/flags/{key}", { params: { path } })), {
    touches: [orgKeys.flags(org.org_id), ["flags"]],
  });
  const stop = useChange(
    (body: NewSetting) => told(api.PUT("/orgs/{org_id}/flags/{key}", { params: { path }, body })),
    { touches: [orgKeys.flags(org.org_id), ["flags"]] },
  );
  const mayManage = may("flags.manage", org.role);
  const told_ = reach(flag, setting);
  return (
    <li className={flagClasses["flag"]}>
      <div>
        <h2 className={flagClasses["name"]}>
          <code>{flag.key}</code>
        </h2>
        <p className={classes["quiet"]}>{flag.description}</p>
        <p>
          <span className={classes["state"]} data-tone={told_.isOff ? "bad" : "good"}>
            {told_.words}
          </span>{" "}
          <span className={classes["small"]}>
            {from === "organisation"
              ? "Set by this organisation."
              : from === "all"
                ? "Set by the operators for all organisations."
                : "As the product comes."}
          </span>
        </p>
      </div>
      {mayManage && (
        <div className={classes["bar"]}>
          <Button variant="default" onClick={open} aria-label={`Roll out ${flag.key}`}>
            Roll out
          </Button>
          {!told_.isOff && (
            <Sure
              label="Switch off"
              name={`Switch off ${flag.key}`}
              title={`Switch ${flag.key} off for everybody?`}
              change={stop}
              onSure={() =>
                stop.mutate({
                  description: setting?.description ?? "",
                  enabled: false,
                  percent: 0,
                  unit: setting?.unit ?? "person",
                  rules: setting?.rules ?? [],
                })
              }
            >
              It is off for all of {org.name} at once; work that it holds up ends at its next step. The
              roll-out is kept for when it is switched on again.
            </Sure>
          )}
          {from === "organisation" && (
            <Sure
              label="As for all"
              name={`As for all: ${flag.key}`}
              title="Forget this setting?"
              change={forget}
              onSure={() => forget.mutate()}
            >
              What counts for all organisations counts here too from then on.
            </Sure>
          )}
        </div>
      )}
      <Modal opened={isOpen} onClose={close} title={`Who has ${flag.key}`}>
        <FlagForm
          org={org}
          setting={setting}
          otherwise={flag.default}
          change={set}
          onSubmit={(next) => set.mutate(next)}
          onClose={close}
        />
      </Modal>
    </li>
  );
}

interface FlagFormProps {
  org: Org;
  setting: FlagSetting | undefined;
  otherwise: boolean;
  change: { isPending: boolean; isError: boolean; error: unknown };
  onSubmit: (setting: NewSetting) => void;
  onClose: () => void;
}

/** A switch for all, a share of them, and those who come before the share. */
function FlagForm({ org, setting, otherwise, change, onSubmit, onClose }: FlagFormProps) {
  const members = useQuery({ ...membersQuery(org.org_id), enabled: may("members.read", org.role) });
  const teams = useQuery(teamsQuery(org.org_id));
  const first = setting?.rules[0];
  const form = useForm({
    initialValues: {
      enabled: setting?.enabled ?? true,
      percent: setting?.percent ?? (otherwise ? 100 : 0),
      unit: setting?.unit ?? ("person" as const),
      people: first?.person_ids ?? [],
      teams: first?.team_ids ?? [],
      rulePercent: first?.percent ?? 100,
    },
  });
  const { values } = form;
  const hasRule = values.people.length + values.teams.length > 0;
  return (
    <form
      onSubmit={form.onSubmit(({ enabled, percent, unit, people, teams: chosen, rulePercent }) =>
        onSubmit({
          description: setting?.description ?? "",
          enabled,
          percent,
          unit,
          // Further rules, made over the API, stay behind the one that is shown here.
          rules: [
            ...(hasRule ? [{ person_ids: people, team_ids: chosen, percent: rulePercent }] : []),
            ...(setting?.rules ?? []).slice(1),
          ],
        }),
      )}
    >
      <Stack gap="sm">
        <Switch
          label="On at all"
          description="Off is off for everybody, whatever stands below."
          {...form.getInputProps("enabled", { type: "checkbox" })}
        />
        <MultiSelect
          label="First these teams"
          data={(teams.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          disabled={!values.enabled}
          searchable
          clearable
          {...form.getInputProps("teams")}
        />
        <MultiSelect
          label="and these people"
          data={(members.data ?? []).map((member) => ({ value: member.user_id, label: nameOf(member) }))}
          disabled={!values.enabled}
          searchable
          clearable
          {...form.getInputProps("people")}
        />
        {hasRule && (
          <NumberInput
            label="Percent of them"
            size="xs"
            min={0}
            max={100}
            allowDecimal={false}
            disabled={!values.enabled}
            {...form.getInputProps("rulePercent")}
          />
        )}
        <div>
          <Text size="xs" fw={500} id="share-of-all">
            Of everybody else: {values.percent}%
          </Text>
          <Slider
            mt={6}
            mb={14}
            min={0}
            max={100}
            step={5}
            label={(value) => `${value}%`}
            thumbLabel="Share of everybody else, in percent"
            disabled={!values.enabled}
            {...form.getInputProps("percent")}
          />
        </div>
        <Select
          label="Counted by"
          data={UNITS}
          allowDeselect={false}
          disabled={!values.enabled}
          {...form.getInputProps("unit")}
        />
        {change.isError && <ProblemNote error={change.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Set
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
