// npm run bench:pair -- --before OLD.node --after NEW.node: two builds of the addon train in turns. What neighbours on a shared machine
// do falls on both, so that the median of the ratios shows a difference of a few per cent.
//
// npm run bench:pair -- --before old.node --after new.node --case mnist --batch 16 --threads 1 --simd avx2 --rounds 40 --samples 6000 --data DIR
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { StepFailed } from "../../scripts/run.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { finished, recordOf } from "../shared/record.mjs";
import { typed, wordsOf } from "../shared/words.mjs";

const words = wordsOf({
  before: "",
  after: "",
  case: "real",
  batch: "32",
  threads: "2",
  simd: "",
  rounds: "40",
  samples: "6000",
  data: "",
});

await main(async () => {
  if (words.before === "" || words.after === "")
    throw new StepFailed("--before and --after name two builds of the addon (bindings/node/*.node)");
  await setUp();
  const record = recordOf(typed("bench:pair"));
  const sides = [await Side.open(words.before), await Side.open(words.after)];
  const times = [[], []];
  try {
    for (let round = 0; round < Number(words.rounds); round++) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const index of order) times[index].push(await sides[index].time());
    }
  } finally {
    for (const side of sides) side.close();
  }
  const [before, after] = times;
  const ratios = before.map((time, round) => time / after[round]);
  const rate = (side, share) => Math.round(1000 / quantile(side, share));
  const result = {
    ...finished(record),
    samplesPerSecond: { before: rate(before, 0.5), after: rate(after, 0.5) },
    best: { before: rate(before, 0), after: rate(after, 0) },
    speedUp: { median: quantile(ratios, 0.5), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
});

function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
}

/** A build of the addon, ready to train when asked. */
class Side {
  static async open(addon) {
    const { case: name, batch, threads, simd, samples, data } = words;
    const task = {
      name,
      batch: Number(batch),
      threads: Number(threads),
      samples: Number(samples),
      ...(simd === "" ? {} : { simd }),
      ...(data === "" ? {} : { data }),
    };
    const script = fileURLToPath(new URL("worker.mjs", import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify(task)], {
      env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: resolve(addon) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const side = new Side(child);
    await side.line();
    return side;
  }

  constructor(child) {
    this.child = child;
    this.lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async line() {
    const { done, value } = await this.lines.next();
    if (done) throw new StepFailed("a build ended early; its message is above");
    return value;
  }

  /** Milliseconds of a sample in the next round. */
  async time() {
    this.child.stdin.write("\n");
    return Number(await this.line());
  }

  close() {
    this.child.kill();
  }
}
