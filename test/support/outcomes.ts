import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { forbiddenSkips } from "./no-skips.js";

/**
 * Names of the projects in which nothing failed.
 *
 * @param modules that were run
 * @param mayNotSkip whether a skipped test fails its project, unless test/may-skip.json names it
 */
export function passedProjects(modules: readonly TestModule[], mayNotSkip: boolean): string[] {
  const isGood = (module: TestModule) => module.ok() && !(mayNotSkip && forbiddenSkips([module]).length > 0);
  const names = (some: readonly TestModule[]) => new Set(some.map(({ project }) => project.name));
  const failed = names(modules.filter((module) => !isGood(module)));
  return [...names(modules)].filter((name) => !failed.has(name));
}

/** Writes {@link passedProjects} to a file as JSON; none where something failed outside tests. */
export class Outcomes implements Reporter {
  constructor(
    private readonly file: string,
    private readonly mayNotSkip: boolean,
  ) {}

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    const isWhole = errors.length === 0 && reason !== "interrupted";
    writeFileSync(this.file, JSON.stringify(isWhole ? passedProjects(modules, this.mayNotSkip) : []));
  }
}
