import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import { SpikeletError } from "../../errors.js";
import { openPlain } from "../../io/plain-file.node.js";
import { restoreNetwork } from "../../network.js";
import type { Choices } from "../invocation.js";
import { type Answers, answersOf } from "../report/answers.js";
import type { Result } from "../report/result.js";

/** Samples among which some are shown. */
const LOOKED_AT = 64;

/** How the network of a checkpoint answers on some samples. */
export type Sight = Pick<Result, "answers" | "layers" | "config" | "part">;

/** Samples to be shown, and of which part of the data they are. */
export interface ShownSamples {
  part: "validation" | "test";
  samples: SpikeDataset;
}

/** The validation samples, or those of the test where there are none. */
export function shownSamples({ validation, test }: Pick<Split, "validation" | "test">): ShownSamples {
  return validation.length > 0 ? { part: "validation", samples: validation } : { part: "test", samples: test };
}

/** Runs the latest checkpoint of a training on some samples; each checkpoint once, unless that fails. */
export class Sights {
  readonly #file: string;
  readonly #samples: (steps: number) => Promise<ShownSamples>;
  readonly #choices: Choices;
  #latest: { mark: string; sight: Promise<Sight> } | undefined;

  /** @param samples to be shown, for a network of so many steps. */
  constructor(file: string, samples: (steps: number) => Promise<ShownSamples>, choices: Choices) {
    this.#file = file;
    this.#samples = samples;
    this.#choices = choices;
  }

  /** @throws {SpikeletError} for a checkpoint or data that can't be read. */
  async now(): Promise<Sight> {
    const handle = await openPlain(this.#file);
    if (handle === undefined) throw new SpikeletError("CHECKPOINT_INVALID", this.#file, "is no file");
    try {
      const { mtimeMs, size, ino } = await handle.stat();
      const mark = `${mtimeMs} ${size} ${ino}`;
      if (this.#latest?.mark !== mark) {
        const latest = { mark, sight: this.#look(await handle.readFile()) };
        this.#latest = latest;
        latest.sight.catch(() => {
          if (this.#latest === latest) this.#latest = undefined;
        });
      }
      return this.#latest.sight;
    } finally {
      await handle.close();
    }
  }

  async #look(checkpoint: Uint8Array): Promise<Sight> {
    using network = await restoreNetwork(checkpoint, this.#choices);
    const { config, info } = network;
    const { part, samples } = await this.#samples(config.network.steps);
    const answers: Answers = await answersOf(network, samples.slice(0, LOOKED_AT), { signal: this.#choices.signal });
    return { answers, layers: info.layers, config, part };
  }
}
