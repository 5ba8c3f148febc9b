/** Which setting of a flag counts, and whom it reaches, in words. Pure; as `domain/flags.py` decides. */
import type { FlagSetting } from "./data";

export const UNITS = [
  { value: "person", label: "Person by person" },
  { value: "team", label: "Team by team" },
  { value: "organization", label: "All or nobody" },
];

type From = "organisation" | "all" | "product";
type Setting = Pick<FlagSetting, "enabled" | "percent" | "rules" | "unit" | "org_id" | "key">;

/** The kill switch for all comes first, then what the organisation set, then what is set for all. */
export function inForce<S extends Setting>(
  key: string,
  settings: readonly S[],
): { setting: S | undefined; from: From } {
  const mine = settings.filter((setting) => setting.key === key);
  const forAll = mine.find(({ org_id }) => org_id == null);
  const own = mine.find(({ org_id }) => org_id != null);
  if (forAll?.enabled === false) return { setting: forAll, from: "all" };
  if (own) return { setting: own, from: "organisation" };
  return forAll ? { setting: forAll, from: "all" } : { setting: undefined, from: "product" };
}

export function reach(
  flag: { default: boolean },
  setting: Pick<FlagSetting, "enabled" | "percent" | "rules" | "unit"> | undefined,
): { words: string; isOff: boolean } {
  if (!setting)
    return flag.default
      ? { words: "On for everybody.", isOff: false }
      : { words: "Off for everybody.", isOff: true };
  const { enabled, percent, rules, unit } = setting;
  if (!enabled) return { words: "Switched off for everybody.", isOff: true };
  const named = rules.reduce(
    (sum, { person_ids, team_ids }) => ({
      people: sum.people + person_ids.length,
      teams: sum.teams + team_ids.length,
    }),
    { people: 0, teams: 0 },
  );
  const first = [
    ...(named.teams ? [named.teams === 1 ? "1 team" : `${named.teams} teams`] : []),
    ...(named.people ? [named.people === 1 ? "1 person" : `${named.people} people`] : []),
  ].join(" and ");
  const whom =
    percent >= 100
      ? "everybody"
      : percent === 0
        ? ""
        : `${percent}% of ${unit === "organization" ? "organisations" : unit === "team" ? "teams" : "people"}`;
  if (!first && !whom) return { words: "Off for everybody.", isOff: true };
  return { words: `On for ${[first, whom].filter(Boolean).join(", then ")}.`, isOff: false };
}
