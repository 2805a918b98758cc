import { expect, it } from "vitest";
import { refusalOf } from "./renewal.mjs";

const committed = { arithmetic: 3, runs: { dense: "aa", recurrent: "bb" } };

it("refuses other bits of a run under the same number of the arithmetic", () => {
  const renewed = { arithmetic: 3, runs: { dense: "aa", recurrent: "cc" } };
  expect(refusalOf(committed, renewed)).toContain('"recurrent" changed: raise ARITHMETIC');
});

it("takes other bits under a higher number, and further or fewer runs under the same", () => {
  expect(refusalOf(committed, { arithmetic: 4, runs: { dense: "dd", recurrent: "bb" } })).toBeUndefined();
  expect(refusalOf(committed, { arithmetic: 3, runs: { ...committed.runs, delays: "ee" } })).toBeUndefined();
  expect(refusalOf(committed, { arithmetic: 3, runs: { dense: "aa" } })).toBeUndefined();
});
