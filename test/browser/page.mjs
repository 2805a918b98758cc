// What the tests do inside a page; the bundlers get this file as a user's.
import { createNetwork, createTrainer, datasets, encode, parseNpy, restoreTrainer, SpikeletError } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { withExtras } from "../parity/extras.mjs";
import { blots, CONFIG } from "../parity/runs.mjs";
import { decided, streamed } from "../parity/stream.mjs";
import { trainingDigest } from "../parity/training.mjs";

/** @typedef {import("spikelet").PageOptions} PageOptions */

const scenarios = {
  digest: (/** @type {PageOptions} */ options) => trainingDigest(options),

  stream: (/** @type {PageOptions} */ options) => streamed(options),

  decisions: (/** @type {PageOptions} */ options) => decided(options),

  /** A few epochs of training, and what they were good for. */
  async epoch(/** @type {PageOptions} */ options) {
    const trainer = await createTrainer(CONFIG, options);
    const data = blots(400);
    const before = await trainer.evaluate(data);
    let epochs = 0;
    for await (const event of trainer.run(data, { validation: blots(100), epochs: 12 })) {
      if (event.type === "epochEnd") epochs += 1;
    }
    const after = await trainer.evaluate(data);
    const { kind, reason, simd } = trainer.backend;
    const found = {
      kind,
      reason,
      simd,
      epochs,
      before: before.accuracy.firstSpike,
      after: after.accuracy.firstSpike,
      spikes: after.spikes.perSample,
      finished: trainer.info.finished,
    };
    trainer.dispose();
    return found;
  },

  /** How an abort ends a run that would take minutes; it comes from a timer that must have run often. */
  async abort(/** @type {PageOptions} */ options) {
    const trainer = await createTrainer({ ...CONFIG, training: { ...CONFIG.training, epochs: 10_000 } }, options);
    const stop = new AbortController();
    let [ticks, events] = [0, 0];
    const ticking = setInterval(() => {
      ticks += 1;
      if (ticks >= 20 && events > 0) stop.abort(new Error("enough"));
    }, 1);
    try {
      for await (const _ of trainer.run(blots(400), { signal: stop.signal })) events += 1;
      return { message: "ended", ticks };
    } catch (thrown) {
      return { message: thrown instanceof Error ? thrown.message : String(thrown), ticks };
    } finally {
      clearInterval(ticking);
      trainer.dispose();
    }
  },

  extras: (/** @type {PageOptions} */ options) => withExtras(options),

  /** Code, path and kind of what is thrown. */
  async errors(/** @type {PageOptions} */ options) {
    const { network } = CONFIG;
    const trainer = await createTrainer(CONFIG, options);
    const spikes = datasets.fromSpikes({ spikes: [{ times: [101], units: [0] }] });
    const found = {
      config: await failure(createTrainer({ network: { ...network, steps: 0 } }, options)),
      simd: await failure(createTrainer(CONFIG, { ...options, simd: "avx9000" })),
      data: await failure(trainer.predict(spikes)),
      native: await failure(loadBackend("native", options)),
      folder: await failure(datasets.mnist({ dir: "mnist" })),
      wasm: await failure(loadBackend("auto", { ...options, wasmUrl: "nowhere.wasm" })),
      extras: await failure(extrasFrom({ ...options, worker: false, extrasWasmUrl: "nowhere.wasm" })),
      worker: await failure(loadBackend("auto", { workerUrl: "nowhere.js" })),
    };
    trainer.dispose();
    return { ...found, disposed: await failure(trainer.checkpoint()) };
  },

  /** What is left when the memory of the worker runs out. */
  async exhaust(/** @type {PageOptions} */ options) {
    const before = await createNetwork(CONFIG, options);
    const pixels = new Uint8Array(784 * 2 ** 17);
    const huge = datasets.fromImages({ pixels, shape: [28, 28] }).encode(encode.latency({}));
    const exhausted = await failure(before.predict(huge));
    const old = await failure(before.predict(blots(4)));
    const after = await createNetwork(CONFIG, options);
    const { steps } = await after.predict(blots(4));
    after.dispose();
    return { exhausted, old, samples: steps.length };
  },

  /** Arrays that the caller owns stay the caller's. */
  async arrays(/** @type {PageOptions} */ options) {
    const trainer = await createTrainer(CONFIG, options);
    const data = blots(8);
    const { layers } = await trainer.gradients(data);
    await trainer.applyGradients(layers);
    const [first] = await trainer.parameters();
    if (first !== undefined) await trainer.setParameters(0, first);
    const [again] = await trainer.parameters();
    const checkpoint = await trainer.checkpoint();
    trainer.dispose();
    const restored = await restoreTrainer(checkpoint, options);
    const [third] = await restored.parameters();
    restored.dispose();
    const lengths = [...layers.map(({ weights }) => weights.length), first?.weights.length];
    const sums = [first, again, third].map((layer) => layer?.weights.reduce((sum, weight) => sum + Math.abs(weight), 0));
    return { lengths, sums: [...new Set(sums)].length };
  },
};

async function extrasFrom(/** @type {PageOptions} */ options) {
  return parseNpy(new Uint8Array(), { backend: await loadBackend("auto", options) });
}

async function failure(/** @type {Promise<unknown>} */ work) {
  try {
    await work;
    return "no failure";
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError)) return `not ours: ${thrown}`;
    return { code: thrown.code, path: thrown.path, message: thrown.message };
  }
}

Object.assign(globalThis, { scenarios });
document.title = "ready";
