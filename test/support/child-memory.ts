import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const LIBRARY = new URL("../../dist/index.js", import.meta.url).href;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a child process said, and its largest resident memory. */
export interface ChildOutcome {
  code: number | null;
  stderr: string;
  /** What it handed to `report`. */
  report: unknown;
  /** Bytes at most before the program, with the library loaded, and at its end. */
  before: number;
  peak: number;
}

/**
 * Runs a program in a process of its own, in which `spikelet` is all that the library exports, its names are variables,
 * `library` is its address, and `report(value)` hands a value back.
 *
 * @param options `limit` of the address space in bytes, as `ulimit -v` sets it.
 */
export function inChild(program: string, { limit, input = "" }: { limit?: number; input?: string } = {}): Promise<ChildOutcome> {
  const script = `
    import * as spikelet from ${JSON.stringify(LIBRARY)};
    const library = ${JSON.stringify(LIBRARY)};
    const { ${NAMES.join(", ")} } = spikelet;
    const input = ${JSON.stringify(input)};
    await spikelet.parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0));
    const peak = () => process.resourceUsage().maxRSS * 1024;
    const before = peak();
    let reported = null;
    const report = (value) => { reported = value; };
    ${program}
    process.stdout.write(JSON.stringify({ report: reported, before, peak: peak() }));`;
  const node = [process.execPath, "--input-type=module", "--eval", script];
  const [command = "", ...args] =
    limit === undefined ? node : ["bash", "-c", `ulimit -v ${Math.floor(limit / 1024)}; exec "$@"`, "bash", ...node];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const said = stdout === "" ? { report: null, before: 0, peak: 0 } : (JSON.parse(stdout) as ChildOutcome);
      resolve({ ...said, code, stderr });
    });
  });
}

const NAMES = ["createNetwork", "createTrainer", "datasets", "encode", "importNir", "parseIdx", "parseNpz", "parseTensors"];
