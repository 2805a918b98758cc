import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { binaryOf } from "../../scripts/frameworks.mjs";
import { NODES, nodeOf } from "../../scripts/nodes.mjs";

const execute = promisify(execFile);

/** What runs programs outside of a browser. */
export interface Runtime {
  readonly name: string;
  /** Whether it runs TypeScript as it is written. */
  readonly takesTypes: boolean;
  version(): Promise<string>;
  /** Runs a file with words behind it, in a folder; what it printed. */
  run(folder: string, file: string, ...words: string[]): Promise<string>;
}

/** Everything is allowed, and nothing is asked. */
const DENO = ["run", "--no-prompt", "--allow-all"];

function runtime(name: string, binary: string, before: string[] = [], takesTypes = true): Runtime {
  return {
    name,
    takesTypes,
    version: async () => /\d+\.\d+\.\d+/.exec((await execute(binary, ["--version"])).stdout)?.[0] ?? "",
    run: async (folder, ...words) => (await execute(binary, [...before, ...words], { cwd: folder, env: ENVIRONMENT })).stdout,
  };
}

const ENVIRONMENT = { ...process.env, NO_COLOR: "1" };

/** All that are installed: `node scripts/install-for-tests.mjs`. */
export function runtimesHere(): Runtime[] {
  const nodes = NODES.map((version) => ({ version, binary: nodeOf(version) })).filter(({ binary }) => binary !== undefined);
  return [
    // Types are stripped from Node 22.18 on.
    ...nodes.map(({ version, binary = "" }) => runtime(`Node ${version.split(".")[0]}`, binary, [], !version.startsWith("20"))),
    runtime("Bun", binaryOf("@oven/bun", "bin/bun")),
    runtime("Deno", binaryOf("@deno/", "deno"), DENO),
  ];
}
