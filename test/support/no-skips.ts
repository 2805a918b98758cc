import type { Reporter, TestModule } from "vitest/node";
import { MAY_SKIP } from "../../scripts/skips.mjs";

/**
 * Tests that were skipped although nothing allows it.
 *
 * @param modules that were run
 * @param allowed names of tests, `test/a.test.ts > suite > test`
 */
export function forbiddenSkips(
  modules: readonly TestModule[],
  allowed: readonly string[] = Object.keys(MAY_SKIP.tests),
): string[] {
  return skipped(modules).filter((name) => !allowed.includes(name));
}

function skipped(modules: readonly TestModule[]): string[] {
  return modules.flatMap(({ relativeModuleId, children }) =>
    [...children.allTests()]
      .filter((test) => test.result().state === "skipped")
      .map(({ fullName }) => `${relativeModuleId} > ${fullName}`),
  );
}

/** Fails the run when a test was skipped that test/may-skip.json does not name. */
export class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const names = forbiddenSkips(modules);
    if (names.length === 0) return;
    process.exitCode = 1;
    process.stderr.write(`skipped, and test/may-skip.json does not name them:\n${names.map((name) => `  ${name}\n`).join("")}`);
  }
}
