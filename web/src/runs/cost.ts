/** What models took, in words. Pure. */
import type { components } from "~/api/schema";

export type UsageSums = components["schemas"]["UsageSums"];

const USD = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const COUNT = new Intl.NumberFormat("en-US");

/** "$1.25", "under $0.01", "nothing"; nothing where no model was called. */
export function costOf(sums: UsageSums | undefined): string {
  if (!sums || sums.calls === 0) return "";
  if (sums.cost_usd === 0) return "nothing";
  return sums.cost_usd < 0.01 ? "under $0.01" : USD.format(sums.cost_usd);
}

/** "3 calls of models, 1,200 tokens in, 340 out" */
export function usageInWords({ calls, tokens_in: sent, tokens_out: said }: UsageSums): string {
  const called = `${COUNT.format(calls)} ${calls === 1 ? "call of a model" : "calls of models"}`;
  return `${called}, ${COUNT.format(sent)} tokens in, ${COUNT.format(said)} out`;
}
