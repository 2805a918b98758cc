import type { Gradients } from "spikelet";
import { runThrough, type Spikes } from "../inside/insight.js";
import type { Point } from "./data/point.js";
import type { Lesson } from "./learner.js";

/** Spikes of a layer, by unit. */
export class LayerSpikes {
  readonly #byUnit = new Map<number, number[]>();
  readonly count: number;

  constructor({ times, units }: Spikes) {
    this.count = times.length;
    for (let event = 0; event < times.length; event++) {
      const unit = units[event] ?? 0;
      const steps = this.#byUnit.get(unit);
      if (steps === undefined) this.#byUnit.set(unit, [times[event] ?? 0]);
      else steps.push(times[event] ?? 0);
    }
  }

  /** Steps at which a unit fires. */
  of(unit: number): readonly number[] {
    return this.#byUnit.get(unit) ?? [];
  }

  /** Units that fire in an interval, with the steps at which they do. */
  within(from: number, to: number): Map<number, number[]> {
    const found = new Map<number, number[]>();
    for (const [unit, steps] of this.#byUnit) {
      const inside = steps.filter((step) => step >= from && step <= to);
      if (inside.length > 0) found.set(unit, inside);
    }
    return found;
  }
}

/** Everything that a network does with one point, forward and backward. */
export class Sight {
  readonly lesson: Lesson;
  readonly point: Point;
  readonly steps: number;
  /** The input first. */
  readonly layers: readonly LayerSpikes[];
  readonly gradients: Gradients;

  private constructor(lesson: Lesson, point: Point, steps: number, layers: readonly LayerSpikes[], gradients: Gradients) {
    this.lesson = lesson;
    this.point = point;
    this.steps = steps;
    this.layers = layers;
    this.gradients = gradients;
  }

  static async of(lesson: Lesson, point: Point): Promise<Sight> {
    const { gradients, input, layers, steps } = await runThrough(lesson.trainer, lesson.problem.one(point));
    return new Sight(
      lesson,
      point,
      steps,
      [input, ...layers].map((spikes) => new LayerSpikes(spikes)),
      gradients,
    );
  }

  /** Membrane at which a unit of a layer fires; a readout has none. Layers count from the input, which is 0. */
  thresholdOf(layer: number): number | undefined {
    const { loss, threshold } = this.lesson.settings;
    return loss === "membrane" && layer === this.layers.length - 1 ? undefined : threshold;
  }

  /** The class that the network answers; `undefined` where no output fires. */
  get answer(): number | undefined {
    const output = this.gradients.prediction.classes[0] ?? -1;
    return output < 0 ? undefined : output;
  }

  /** Membrane against its threshold, in a readout against the highest one, 0 to 1. */
  levelOf(layer: number, unit: number, step: number): number {
    const trace = this.gradients.trace?.[layer - 1];
    if (trace === undefined) return 0;
    const full = this.thresholdOf(layer) ?? Math.max(1e-9, ...trace.membrane);
    const shown = Math.min(this.steps - 1, Math.max(0, step));
    return Math.min(1, Math.max(0, (trace.membrane[shown * trace.units + unit] ?? 0) / full));
  }
}
