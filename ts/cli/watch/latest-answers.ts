import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import { SpikeletError } from "../../errors.js";
import { openPlain } from "../../io/plain-file.node.js";
import { restoreNetwork } from "../../network.js";
import type { Choices } from "../invocation.js";
import { type Answers, answersOf } from "../report/answers.js";
import type { Result } from "../report/result.js";

/** Samples that the network answers. */
const MAX_SAMPLES = 64;

/** Answers of the network of a checkpoint on some samples. */
export type SampleAnswers = Pick<Result, "answers" | "layers" | "config" | "part">;

/** Samples to be shown, and of which part of the data they are. */
export interface SamplesToShow {
  part: "validation" | "test";
  samples: SpikeDataset;
}

/** The validation samples, or those of the test where there are none. */
export function samplesToShow({ validation, test }: Pick<Split, "validation" | "test">): SamplesToShow {
  return validation.length > 0 ? { part: "validation", samples: validation } : { part: "test", samples: test };
}

/** Runs the latest checkpoint of a training on some samples: each checkpoint once, unless that fails. */
export class LatestAnswers {
  readonly #file: string;
  readonly #samples: (steps: number) => Promise<SamplesToShow>;
  readonly #choices: Choices;
  #latest: { mark: string; answers: Promise<SampleAnswers> } | undefined;

  /** @param samples to be shown, for a network of so many steps. */
  constructor(file: string, samples: (steps: number) => Promise<SamplesToShow>, choices: Choices) {
    this.#file = file;
    this.#samples = samples;
    this.#choices = choices;
  }

  /** @throws {SpikeletError} for a checkpoint or data that can't be read. */
  async read(): Promise<SampleAnswers> {
    const handle = await openPlain(this.#file);
    if (handle === undefined) throw new SpikeletError("CHECKPOINT_INVALID", this.#file, "is no file");
    try {
      const { mtimeMs, size, ino } = await handle.stat();
      const mark = `${mtimeMs} ${size} ${ino}`;
      if (this.#latest?.mark !== mark) {
        const latest = { mark, answers: this.#look(await handle.readFile()) };
        this.#latest = latest;
        latest.answers.catch(() => {
          if (this.#latest === latest) this.#latest = undefined;
        });
      }
      return this.#latest.answers;
    } finally {
      await handle.close();
    }
  }

  async #look(checkpoint: Uint8Array): Promise<SampleAnswers> {
    using network = await restoreNetwork(checkpoint, this.#choices);
    const { config, info } = network;
    const { part, samples } = await this.#samples(config.network.steps);
    const answers: Answers = await answersOf(network, samples.slice(0, MAX_SAMPLES), { signal: this.#choices.signal });
    return { answers, layers: info.layers, config, part };
  }
}
