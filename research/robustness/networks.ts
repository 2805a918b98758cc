import { type Config, createTrainer, type LayerConfig, type SpikeDataset, type Split, type Trainer } from "spikelet";
import { readStudy } from "spikelet/study";
import { recordsOf } from "../pages/made-page.js";

/** What the networks have instead of 800 hidden units and 15 epochs in `verdict`. */
const [HIDDEN, EPOCHS] = [200, 6];

/** Price of a hidden spike with which ANTLR fires about as often as the rules with counts (`spike-penalty`). */
const PRICE = 0.0001;

/** Validation accuracy at which a training ends that shall be compared at equal accuracy; timing ends just above it. */
const EQUAL = 0.92;

/** Training samples between two looks on the way to it, validation samples of a look, and training samples at most. */
const [STRIDE, LOOK, ENOUGH] = [1280, 5000, 64_000];

/** A rule with its loss, and the settings that the search of `verdict` chose for them. */
export interface Entry {
  name: string;
  config: Config;
}

/** Pairs of `verdict` that were searched, in its order, and ANTLR with a price for spikes; not the mixture with counts, which is activation. */
export async function entries(): Promise<Entry[]> {
  const { points } = await readStudy(recordsOf("verdict"));
  const searched = points.filter(({ place }) => !place.endsWith("as the authors") && place !== "mixture, count");
  const all = searched.map(({ place, rows: [{ run }] }): Entry => {
    const { bestBy: _, data: __, ...config } = run.config as Config & { bestBy?: unknown; data?: unknown };
    const [hidden, ...others] = config.network.layers;
    const network = { ...config.network, layers: [{ ...hidden, units: HIDDEN } as LayerConfig, ...others] };
    return { name: place, config: { ...config, network, training: { ...config.training, epochs: EPOCHS, threads: 1 } } };
  });
  const [first] = all;
  if (first === undefined) throw new Error("research/records/verdict.ndjson has no searched variant");
  return [...all, { name: `${first.name}, spikes priced`, config: { ...first.config, regularizers: { spikePenalty: PRICE } } }];
}

/** A configuration with another seed. */
function seeded(config: Config, seed: number): Config {
  return { ...config, training: { ...config.training, seed } };
}

/** The weights of the best epoch by validation, as a checkpoint. */
export async function trained({ config }: Entry, seed: number, { train, validation }: Split): Promise<Uint8Array> {
  using trainer = await createTrainer(seeded(config, seed), { quiet: true });
  let best: Uint8Array | undefined;
  for await (const event of trainer.run(train, { validation })) {
    if (event.type === "epochEnd" && event.bestEpoch === event.epoch) best = await trainer.checkpoint({ resumable: false });
  }
  if (best === undefined) throw new Error("no epoch was the best");
  return best;
}

/**
 * The weights at the first look at which the network decides the wanted fraction of the validation samples rightly, as a checkpoint: the
 * configured gradients and optimiser at a constant rate. `undefined` for a rule that needs its silent-unit update, which is part of runs
 * alone, and where {@link ENOUGH} samples do not suffice.
 */
export async function atEqualAccuracy(
  { config }: Entry,
  seed: number,
  { train, validation }: Split,
  wanted = EQUAL,
): Promise<Uint8Array | undefined> {
  if (config.training?.silentUnitUpdate?.strength !== 0) return undefined;
  const look = validation.slice(0, LOOK);
  using trainer = await createTrainer({ ...seeded(config, seed), schedule: { type: "constant" } }, { quiet: true });
  const batchSize = config.training.batchSize ?? 1;
  for (let seen = 0; seen < ENOUGH; seen += STRIDE) {
    await learn(trainer, train, seen, batchSize);
    const { accuracy } = await trainer.evaluate(look);
    if ((accuracy.decision ?? 0) >= wanted) return trainer.checkpoint({ resumable: false });
  }
  return undefined;
}

/** Learns the next samples of the data, which begin again at their end. */
async function learn(trainer: Trainer, train: SpikeDataset, seen: number, batchSize: number): Promise<void> {
  for (let done = 0; done < STRIDE; done += batchSize) {
    const start = (seen + done) % train.length;
    const { layers } = await trainer.gradients(train.slice(start, start + batchSize));
    await trainer.applyGradients(layers);
  }
}
