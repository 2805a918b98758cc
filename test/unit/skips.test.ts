import { afterEach, expect, it, vi } from "vitest";
import type { TestModule } from "vitest/node";
import { forbiddenSkips, NoSkips } from "../support/no-skips.js";

/** A text, so that the types of these scripts are not asked for. */
const SKIPS: string = "../../scripts/skips.mjs";

/** A test file with a test of each state. */
const file = (tests: Record<string, "passed" | "failed" | "skipped">) =>
  ({
    relativeModuleId: "test/a.test.ts",
    children: { allTests: () => Object.entries(tests).map(([fullName, state]) => ({ fullName, result: () => ({ state }) })) },
  }) as unknown as TestModule;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.resetModules();
});

it("a test that was skipped is told unless it may be", () => {
  const modules = [file({ "a > one": "passed", "a > two": "skipped", "a > three": "skipped", "a > four": "failed" })];
  expect(forbiddenSkips(modules, ["test/a.test.ts > a > three"])).toEqual(["test/a.test.ts > a > two"]);
});

it("a run with such a test fails, and says which it is", () => {
  const before = process.exitCode;
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    new NoSkips().onTestRunEnd([file({ one: "passed" })]);
    expect([process.exitCode, written.mock.calls.length]).toEqual([before, 0]);
    new NoSkips().onTestRunEnd([file({ "never allowed": "skipped" })]);
    expect(process.exitCode).toBe(1);
    expect(written.mock.calls.join()).toContain("test/a.test.ts > never allowed");
  } finally {
    process.exitCode = before;
  }
});

it.each([
  ["1", true],
  ["", false],
])("a check that is skipped with SPIKELET_CI=%j fails: %j", async (value, fails) => {
  vi.stubEnv("SPIKELET_CI", value);
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const { skipCheck } = (await import(SKIPS)) as { skipCheck: (name: string, why: string) => void };
  const skip = () => skipCheck("instructions", "there is no valgrind");
  if (fails) expect(skip).toThrow("must not be skipped on a build machine");
  else expect(skip).not.toThrow();
  expect(written.mock.calls.length).toBe(fails ? 0 : 1);
});
