import type { CFiles } from "spikelet/export";
import { load, type Model, type SpikeTrain } from "spikelet/infer";
import { expect } from "vitest";
import type { CAnswer, CCase } from "./c-program.js";

/** Networks in C beside the same in JavaScript. */
export class Comparisons {
  readonly cases: CCase[] = [];
  readonly #about: { what: string; model: Model }[] = [];

  /** Adds a network; `write` gets the name for its files. */
  add(what: string, file: Uint8Array, samples: readonly SpikeTrain[], write: (name: string) => CFiles): void {
    const name = `n${this.cases.length}`;
    this.cases.push({ name, files: write(name), samples });
    this.#about.push({ what, model: load(file) });
  }

  /** Holds answers against those of JavaScript: spikes, membranes, decisions and scores, bit for bit. */
  check(answers: readonly CAnswer[][]): void {
    for (const [k, { what, model }] of this.#about.entries()) {
      for (const [sample, spikes] of (this.cases[k]?.samples ?? []).entries()) {
        expect({ what, sample, ...answers[k]?.[sample] }).toEqual({ what, sample, ...answerInJavaScript(model, spikes) });
      }
    }
  }
}

function answerInJavaScript(model: Model, spikes: SpikeTrain): CAnswer {
  const { steps, spikes: fired, membranes, ...answer } = model.predict(spikes);
  const fires = membranes.length === 0;
  return {
    steps,
    spikes: Array.from(fired.times, (time, k) => [time, fired.units[k] as number]),
    membranes: Array.from(new Uint32Array(membranes.slice().buffer)),
    decision: answer.output,
    byCount: fires ? answer.byCount : undefined,
    byFirstSpike: answer.byFirstSpike,
    firstSpikeStep: answer.decisionStep,
    counts: fires ? Array.from(answer.counts) : [],
    isWhole: false,
    scores: Array.from(answer.scoresByMembrane),
    again: decisionOfSecondTime(model, spikes, steps),
  };
}

function decisionOfSecondTime(model: Model, { times, units, values }: SpikeTrain, steps: number): number | undefined {
  const kept = Array.from({ length: times.length }, (_, k) => k).filter((k) => (times[k] as number) < steps);
  const of = (list: ArrayLike<number>) => kept.map((k) => list[k] as number);
  const spikes = { times: of(times), units: of(units), ...(values && { values: of(values) }) };
  const stream = model.stream();
  stream.run(spikes, steps);
  stream.restartDecision();
  return stream.run(spikes, steps).output;
}
