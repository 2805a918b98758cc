import { type Config, createTrainer, type LayerConfig, type SpikeDataset, type Split, type Trainer } from "spikelet";
import { type PointSummary, readStudy } from "spikelet/study";
import { HAS_PRICE } from "../catalogue/searched.js";
import { recordsOf } from "../pages/made-page.js";

/** What the networks have instead of 800 hidden units and 15 epochs in `verdict`. */
const [HIDDEN, EPOCHS] = [200, 6];

/** Price of a hidden spike with which ANTLR fires about as often as the rules with counts (`spike-penalty`). */
const PRICE = 0.0001;

/** Training samples between two looks on the way to an accuracy, validation samples of a look, and training samples at most. */
const [STRIDE, LOOK, ENOUGH] = [1280, 5000, 64_000];

/** Spikes per hidden unit at which networks are compared that shall fire equally often. */
const EQUAL_SPIKES = 0.2;

/** How near the price of a spike must bring them, in spikes per hidden unit; its bounds, how often it is halved, and the seed that it is chosen with. */
const [NEAR, LOWEST, HIGHEST, HALVINGS, PRICE_SEED] = [0.005, 1e-6, 0.1, 10, 101];

/**
 * Data sets that were searched: the records, those of the wider search, and the validation accuracy at which trainings end that shall be
 * compared at equal accuracy.
 */
export const DATASETS = {
  mnist: { records: "verdict", wider: "verdict-wider", equal: 0.92 },
  "fashion-mnist": { records: "verdict-fashion", wider: "verdict-wider-fashion", equal: 0.82 },
} as const;

/** Variants of the wider search whose losses the narrow one does not have. */
const WIDER = ["activation, relaxedLatency", "activation, countCrossEntropy"];

/** A rule with its loss, and the settings that a search chose for them. */
export interface Entry {
  name: string;
  config: Config;
  /** Price of a hidden spike with which the network fires as often as all do that are compared at equal spikes. */
  price?: number;
}

/**
 * Pairs that were searched on a data set, in their order, and ANTLR with a price for spikes; not the mixture with counts, which is
 * activation. Losses of the wider search after them.
 */
export async function entries(dataset: keyof typeof DATASETS): Promise<Entry[]> {
  const { points } = await readStudy(recordsOf(DATASETS[dataset].records));
  const searched = points.filter(({ place }) => !place.endsWith("as the authors") && place !== "mixture, count");
  const all = searched.map((point) => entryOf(point, point.place));
  const [first] = all;
  if (first === undefined) throw new Error(`${recordsOf(DATASETS[dataset].records)} has no searched variant`);
  const priced = { name: `${first.name}, spikes priced`, config: { ...first.config, regularizers: { spikePenalty: PRICE } } };
  return [...all, priced, ...(await widerEntries(DATASETS[dataset].wider))];
}

async function widerEntries(records: string): Promise<Entry[]> {
  const { points } = await readStudy(recordsOf(records));
  return WIDER.map((name) => {
    const point = points.find(({ place }) => place === `${name}, search 1`);
    if (point === undefined) throw new Error(`${recordsOf(records)} has no first search of "${name}"`);
    return entryOf(point, `${name}, wider`);
  });
}

/** The network of a point, smaller and with fewer epochs. */
function entryOf({ rows: [{ run }] }: PointSummary, name: string): Entry {
  const { bestBy: _, data: __, ...config } = run.config as Config & { bestBy?: unknown; data?: unknown };
  const [hidden, ...others] = config.network.layers;
  const network = { ...config.network, layers: [{ ...hidden, units: HIDDEN } as LayerConfig, ...others] };
  return { name, config: { ...config, network, training: { ...config.training, epochs: EPOCHS, threads: 1 } } };
}

/** A configuration with another seed. */
function seeded(config: Config, seed: number): Config {
  return { ...config, training: { ...config.training, seed } };
}

/** The weights of the best epoch by validation, as a checkpoint. */
export async function trained({ config }: Entry, seed: number, split: Split): Promise<Uint8Array> {
  return (await bestOf(config, seed, split)).checkpoint;
}

/** The best epoch by validation, and its spikes per hidden unit. */
async function bestOf(
  config: Config,
  seed: number,
  { train, validation }: Split,
): Promise<{ checkpoint: Uint8Array; hidden: number }> {
  using trainer = await createTrainer(seeded(config, seed), { quiet: true });
  let best: { checkpoint: Uint8Array; hidden: number } | undefined;
  for await (const event of trainer.run(train, { validation })) {
    if (event.type !== "epochEnd" || event.bestEpoch !== event.epoch) continue;
    const [hidden = 0] = event.validation?.spikes.perUnit ?? [];
    best = { checkpoint: await trainer.checkpoint({ resumable: false }), hidden };
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
  wanted: number,
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

/**
 * The entry with the price of a hidden spike that brings its best epoch to the wanted spikes per hidden unit of the validation data, by
 * bisection with a seed of its own. Without one where the rule has no part through which a price would act, and where fewer spikes are
 * fired without any.
 */
export async function withPrice(entry: Entry, split: Split, wanted = EQUAL_SPIKES): Promise<Entry> {
  if (!HAS_PRICE.has(entry.config.rule?.type ?? "")) return entry;
  const spikes = async (price: number) => (await bestOf(withPenalty(entry.config, price), PRICE_SEED, split)).hidden;
  if ((await spikes(0)) < wanted - NEAR) return entry;
  let [low, high] = [LOWEST, HIGHEST];
  for (let k = 0; k < HALVINGS; k++) {
    const price = Math.sqrt(low * high);
    const hidden = await spikes(price);
    if (Math.abs(hidden - wanted) <= NEAR) return { ...entry, price };
    if (hidden > wanted) low = price;
    else high = price;
  }
  return entry;
}

/** The weights of the best epoch where every network fires as often, as a checkpoint; `undefined` where no price brings it there. */
export async function atEqualSpikes({ config, price }: Entry, seed: number, split: Split): Promise<Uint8Array | undefined> {
  return price === undefined ? undefined : (await bestOf(withPenalty(config, price), seed, split)).checkpoint;
}

function withPenalty(config: Config, spikePenalty: number): Config {
  return { ...config, regularizers: { ...config.regularizers, spikePenalty } };
}
