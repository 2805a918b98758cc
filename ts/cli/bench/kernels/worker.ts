// One build in a process of its own. A task opens a case, `{}` answers the nanoseconds of a run; one JSON value a line.
import readline from "node:readline";
import { timed } from "../../../kernels/turns.js";
import { kernelHost } from "./host.js";

/** What is measured next. */
export interface WorkerTask {
  backend: string;
  kernel: string;
  values: readonly number[];
  way: string;
  threads: number;
  milliseconds: number;
}

let turn: (() => number) | undefined;
let close: (() => void) | undefined;

for await (const line of readline.createInterface({ input: process.stdin })) {
  const task = JSON.parse(line) as WorkerTask | Record<string, never>;
  let answer = 0;
  if ("kernel" in task) {
    close?.();
    const { backend, kernel, values, way, threads, milliseconds } = task as WorkerTask;
    const opened = (await kernelHost(backend === "wasm" ? "wasm" : "native")).open(kernel, values, threads);
    close = () => opened.dispose();
    turn = timed((times) => opened.run(way, times), milliseconds);
  } else if (turn !== undefined) {
    answer = turn();
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
