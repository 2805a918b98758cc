import { SpikeletError } from "../../errors.js";
import { openPlain } from "../../io/plain-file.node.js";
import { type SampleAnswers, type SamplesToShow, sampleAnswers } from "../../report/watch/sample-answers.js";
import type { Choices } from "../invocation.js";

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
        const latest = { mark, answers: sampleAnswers(await handle.readFile(), this.#samples, this.#choices) };
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
}
