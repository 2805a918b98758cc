import {
  datasets,
  type Encoding,
  fineTune,
  type Network,
  restoreNetwork,
  type SpikeStream,
  type StreamAnswer,
  type StreamDecision,
} from "spikelet";
import { type Insight, runThrough } from "../inside/insight.js";
import { randomOf, SAMPLE_RATE, varied } from "./varied.mjs";

/** Variations of each word that a visitor teaches. */
const COPIES = 8;

/** A network that hears one word at a time. */
export class Hearing {
  readonly network: Network;
  readonly names: readonly string[];
  readonly #steps: number;
  readonly #encoding: Encoding;
  readonly #stream: SpikeStream;

  private constructor(network: Network, names: readonly string[], encoding: Encoding, stream: SpikeStream) {
    this.network = network;
    this.names = names;
    this.#steps = network.config.network.steps;
    this.#encoding = encoding;
    this.#stream = stream;
  }

  /** @param encoding the filter bank, and how its energies become spikes. */
  static async of(network: Network, names: readonly string[], encoding: Encoding): Promise<Hearing> {
    const window = network.config.network.steps;
    return new Hearing(network, names, encoding, await network.stream({ encoding, window }));
  }

  /** The network of a checkpoint, which says what its outputs stand for and what turns sound into spikes. */
  static async restore(checkpoint: Uint8Array): Promise<Hearing> {
    const network = await restoreNetwork(checkpoint);
    const { classes, encoding } = JSON.parse(network.info.origin ?? "{}") as { classes: string[]; encoding: Encoding };
    return Hearing.of(network, classes, encoding);
  }

  /** Begins a word. */
  begin(): Promise<void> {
    return this.#stream.restart();
  }

  /** Takes the next sound of the word; the network runs the steps that it completes, and decides after those of a sample. */
  hear(sound: Float32Array): Promise<StreamAnswer> {
    return this.#stream.runSignal(sound);
  }

  /** Runs as many steps as a sample has without any input, in which the network decides. */
  rest(): Promise<StreamAnswer> {
    return this.#stream.run({ times: [], units: [] }, this.#steps);
  }

  /** Spikes and membranes of the network while it hears a sound, up to the last step of `answer`. */
  async look(sound: Float32Array, { to: seen, byCount, counts }: StreamDecision): Promise<Insight> {
    const data = datasets.fromSeries({ signals: [[sound]], labels: [byCount], sampleRate: SAMPLE_RATE }).encode(this.#encoding);
    const { prediction: _, layers, ...rest } = await runThrough(this.network, data);
    const decision = (counts[byCount] ?? 0) > 0 ? { output: byCount, step: 0 } : undefined;
    const upTo = layers.map(({ times, units }) => {
      const places = Array.from(times.keys()).filter((k) => (times[k] ?? 0) < seen);
      return { times: places.map((k) => times[k] ?? 0), units: places.map((k) => units[k] ?? 0) };
    });
    return { ...rest, layers: upTo, seen, names: this.names, pixels: new Uint8Array(), label: undefined, decision };
  }

  /** Trains a network for other words: the hidden layer stays as it is, a new last layer learns from the examples of each word. */
  async learn(
    words: readonly { name: string; examples: readonly Float32Array[] }[],
    learnt: (progress: { epoch: number; epochs: number; accuracy: number }) => void,
  ): Promise<Hearing> {
    const random = randomOf(1);
    const [signals, labels]: [Float32Array[][], number[]] = [[], []];
    for (const [label, { examples }] of words.entries()) {
      for (const example of examples) {
        signals.push([example], ...Array.from({ length: COPIES }, () => [varied(example, random)]));
        labels.push(...new Array<number>(COPIES + 1).fill(label));
        // The page may draw in between.
        await new Promise((go) => setTimeout(go));
      }
    }
    const data = datasets.fromSeries({ signals, labels, sampleRate: SAMPLE_RATE }).encode(this.#encoding);
    const trainer = await fineTune(await this.network.checkpoint(), {
      outputs: words.length,
      config: { optimizer: { type: "adam", learningRate: 0.004 }, training: { epochs: 20, batchSize: 16, frozen: ["layers.0"] } },
    });
    for await (const event of trainer.run(data)) {
      if (event.type !== "epochEnd") continue;
      learnt({ epoch: event.epoch, epochs: event.epochs, accuracy: event.train.accuracy.decision ?? 0 });
    }
    const names = words.map(({ name }) => name);
    return Hearing.of(trainer, names, this.#encoding);
  }
}
