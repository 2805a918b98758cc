// npm run bench:device: flash, RAM and instructions of a step of networks in C on Cortex-M processors that QEMU emulates, in floating-point
// and in whole numbers. A processor with wait states or a cache takes more cycles than instructions. Writes
// benches/results/<date>-<machine>-device.json and a table beside it. Needs gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm.
//
// npm run bench:device -- --optimize O2
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { StepFailed } from "../scripts/run.mjs";
import { main, setUp } from "../scripts/setup.mjs";
import { ROOT } from "../scripts/stamps.mjs";
import { finished, recordOf, writeResult } from "./shared/record.mjs";
import { grouped, table } from "./shared/table.mjs";
import { typed, wordsOf } from "./shared/words.mjs";

const words = wordsOf({ optimize: "Os" });

const PROCESSORS = [
  { name: "Cortex-M4F", board: "mps2-an386", options: ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"] },
  { name: "Cortex-M3", board: "mps2-an385", options: ["-mcpu=cortex-m3"] },
];
/** Nanoseconds of an instruction are 2 to the power of it: a tick of the boards' timer, 40 ns, is 1.25 instructions. */
const SHIFT = 5;
const INSTRUCTIONS_PER_TICK = 40 / 2 ** SHIFT;
const INPUTS = 40;
const STEPS = 100;
/** Input spikes of a step in the mean, where they are drawn. */
const SPIKES = 3;
/** Drawn samples. */
const SAMPLES = 10;
/** @type {import("spikelet").Config} */
const CONFIG = {
  network: {
    input: INPUTS,
    steps: STEPS,
    layers: [
      { type: "dense", units: 128 },
      { type: "dense", units: 10 },
    ],
    neuron: { membraneDecay: 0.95, currentDecay: 0.8, threshold: 0.5 },
  },
  loss: { type: "count" },
  training: { threads: 1, seed: 1 },
};

await main(async () => {
  await setUp({ withWasm: false });
  const record = recordOf(typed("bench:device"));
  const compiler = called(ROOT, "arm-none-eabi-gcc", ["--version"]).split("\n")[0];
  const emulator = called(ROOT, "qemu-system-arm", ["--version"]).split("\n")[0];
  const start = /^```c start\.c\n(.*?)^```/ms.exec(readFileSync(join(ROOT, "docs/guides/microcontroller.md"), "utf8"))?.[1] ?? "";
  const cases = [];
  for (const given of [await drawn(), await spokenDigits()]) {
    for (const form of await formsOf(given)) {
      for (const processor of PROCESSORS) {
        const measured = measure(processor, form.files, given.samples, start);
        cases.push({ network: given.name, numbers: form.numbers, processor: processor.name, ...given.activity, ...measured });
      }
    }
  }
  const result = { ...finished(record), compiler, emulator, optimize: words.optimize, cases };
  const rows = cases.map((one) => [
    one.network,
    one.numbers,
    one.processor,
    one.codeBytes,
    one.tableBytes,
    one.stateBytes,
    one.instructionsPerStep,
  ]);
  const heads = ["network", "numbers", "processor", "code, bytes", "tables, bytes", "RAM, bytes", "instructions a step"];
  const activities = [...new Map(cases.map(({ network, inputSpikes, hiddenSpikes }) => [network, [inputSpikes, hiddenSpikes]]))];
  writeResult(result, "-device", [
    `${compiler}, -${words.optimize}; ${emulator}.`,
    ...activities.map(
      ([name, [input, hidden]]) => `${name}: ${grouped(input)} input and ${grouped(hidden)} hidden spikes a step.`,
    ),
    "",
    ...table(heads, rows),
  ]);
});

/** A network with drawn weights and input. */
async function drawn() {
  const { createNetwork, datasets, SpikeEvents } = await import("../dist/index.js");
  const { mulberry32 } = await import("../dist/random.js");
  const draw = mulberry32(1);
  const triples = Array.from({ length: SAMPLES * STEPS * INPUTS }, (_, k) => k)
    .filter(() => draw() < SPIKES / INPUTS)
    .map((k) => [Math.floor(k / (STEPS * INPUTS)), Math.floor(k / INPUTS) % STEPS, k % INPUTS]);
  const spikes = SpikeEvents.fromTriples(triples, SAMPLES);
  const data = datasets.fromSpikes({ spikes });
  return withActivity("40-128-10", await createNetwork(CONFIG), data, spikes);
}

/** The network of the page Listen, and ten recordings. */
async function spokenDigits() {
  const { datasets, restoreNetwork } = await import("../dist/index.js");
  const folder = join(ROOT, "demo", "listen");
  const network = await restoreNetwork(readFileSync(join(folder, "spoken-digits.safetensors")));
  const { classes, encoding } = JSON.parse(network.info.origin ?? "{}");
  const names = readdirSync(join(folder, "recordings")).filter((name) => name.endsWith(".wav"));
  const files = names.map((name) => readFileSync(join(folder, "recordings", name)));
  const labels = names.map((name) => classes.indexOf(basename(name, ".wav")));
  const data = (await datasets.fromWav({ files, labels })).encode(encoding);
  return withActivity("spoken digits, 40-512-10", network, data, await data.events({ steps: network.config.network.steps }));
}

async function withActivity(name, network, data, spikes) {
  const samples = Array.from({ length: spikes.length }, (_, k) => spikes.sample(k));
  const { layers, classes } = await network.predict(data);
  const steps = samples.length * network.config.network.steps;
  const activity = { inputSpikes: spikes.times.length / steps, hiddenSpikes: layers[0].times.length / steps };
  return { name, network, data, samples, activity, classes };
}

/** A network in single precision, and in whole numbers with states of 32 and of 16 bits, where these hold them. */
async function formsOf({ network, data }) {
  const { exportC } = await import("../dist/export/index.js");
  const model = await network.exportModel();
  const forms = [{ numbers: "float32", files: exportC(model, { name: "net" }) }];
  for (const stateBits of /** @type {const} */ ([32, 16])) {
    const whole = await network.quantize({ calibration: data, stateBits }).catch(ofTooFewBits);
    if (whole === undefined) continue;
    const files = exportC(model, { name: "net", integers: whole.integers });
    forms.push({ numbers: `int8, states of ${stateBits} bits`, files });
  }
  return forms;
}

function ofTooFewBits(thrown) {
  if (thrown.path !== "stateBits") throw thrown;
  return undefined;
}

function measure(processor, { header, source }, samples, start) {
  const folder = mkdtempSync(join(tmpdir(), "spikelet-device-"));
  try {
    const files = { "net.h": header, "net.c": source, "start.c": start, "main.c": mainOf(samples) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const options = ["-std=c99", `-${words.optimize}`, "-ffp-contract=off", "-mthumb", ...processor.options];
    const places = ["--specs=rdimon.specs", "-Wl,--section-start=.vectors=0,-Tdata=0x20000000"];
    called(folder, "arm-none-eabi-gcc", [...options, "-c", "net.c"]);
    called(folder, "arm-none-eabi-gcc", [...options, ...places, "main.c", "start.c", "net.o", "-o", "net.elf"]);
    const clock = ["-icount", `shift=${SHIFT}`];
    const machine = ["-M", processor.board, "-nographic", "-semihosting", ...clock, "-kernel", "net.elf"];
    const [stateBytes = 0, steps = 1, ...ticks] = called(folder, "qemu-system-arm", machine).trim().split(" ").map(Number);
    const total = ticks.reduce((sum, one) => sum + one, 0);
    return { ...sizesOf(folder), stateBytes, instructionsPerStep: Math.round((total * INSTRUCTIONS_PER_TICK) / steps) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes of the functions and of the constants of a network. */
function sizesOf(folder) {
  const lines = called(folder, "arm-none-eabi-size", ["-A", "net.o"]).split("\n");
  const bytesOf = (section) =>
    lines.reduce((sum, line) => {
      const [name = "", bytes] = line.split(/\s+/);
      return name === section || name.startsWith(`${section}.`) ? sum + Number(bytes) : sum;
    }, 0);
  return { codeBytes: bytesOf(".text"), tableBytes: bytesOf(".rodata") };
}

/** Prints the bytes of the state, the number of steps, and the ticks of each sample. */
function mainOf(samples) {
  const counts = samples.map(({ times }) => {
    const ofSteps = new Array(STEPS).fill(0);
    for (const time of times) ofSteps[time] += 1;
    return ofSteps;
  });
  return `
#include <stdint.h>
#include <stdio.h>
#include "net.h"
#define TIMER ((volatile uint32_t *)0xE000E010)
static const uint16_t units[] = {${samples.flatMap(({ units }) => [...units]).join(", ")}};
static const uint8_t counts[][${STEPS}] = {${counts.map((row) => `{${row.join(", ")}}`).join(", ")}};
static net_state state;
int main(void) {
  const uint16_t *next = units;
  TIMER[1] = 0xFFFFFF;
  TIMER[0] = 5;
  printf("%lu %lu", (unsigned long)sizeof state, (unsigned long)sizeof counts);
  for (unsigned k = 0; k < ${samples.length}; k++) {
    net_reset(&state);
    const uint32_t start = TIMER[2];
    for (int t = 0; t < ${STEPS}; t++) {
      net_step(&state, next, counts[k][t]);
      next += counts[k][t];
    }
    printf(" %lu", (unsigned long)((start - TIMER[2]) & 0xFFFFFF));
  }
  printf("\\n");
  return 0;
}
`;
}

function called(cwd, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new StepFailed(`${command} failed: ${error?.message ?? stderr}`);
}
