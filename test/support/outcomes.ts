import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { forbiddenSkips } from "./no-skips.js";

function isPassed(module: TestModule, mayNotSkip: boolean): boolean {
  return module.ok() && !(mayNotSkip && forbiddenSkips([module]).length > 0);
}

/**
 * Names of the projects in which nothing failed.
 *
 * @param modules that were run
 * @param mayNotSkip whether a skipped test fails its project, unless test/may-skip.json names it
 */
export function passedProjects(modules: readonly TestModule[], mayNotSkip: boolean): string[] {
  const isGood = (module: TestModule) => isPassed(module, mayNotSkip);
  const names = (some: readonly TestModule[]) => new Set(some.map(({ project }) => project.name));
  const failed = names(modules.filter((module) => !isGood(module)));
  return [...names(modules)].filter((name) => !failed.has(name));
}

/**
 * Test files in which nothing failed, each behind the name of its project and a space.
 *
 * @param modules that were run
 * @param mayNotSkip as for {@link passedProjects}
 */
export function passedFiles(modules: readonly TestModule[], mayNotSkip: boolean): string[] {
  const isGood = (module: TestModule) => isPassed(module, mayNotSkip);
  return modules.filter(isGood).map(({ project, relativeModuleId }) => `${project.name} ${relativeModuleId}`);
}

/** Writes {@link passedProjects} and {@link passedFiles} to a file as JSON; none where something failed outside tests. */
export class Outcomes implements Reporter {
  constructor(
    private readonly file: string,
    private readonly mayNotSkip: boolean,
  ) {}

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    const isWhole = errors.length === 0 && reason !== "interrupted";
    const counted = isWhole ? modules : [];
    const passed = { groups: passedProjects(counted, this.mayNotSkip), files: passedFiles(counted, this.mayNotSkip) };
    writeFileSync(this.file, JSON.stringify(passed));
  }
}
