import type { ResolvedConfig } from "../config.js";
import type { CoreEvent, EpochEndEvent, InitializationEvent, StepEvent, WarningEvent } from "../events.js";
import type { EpochRecord, Metrics } from "../generated/config.js";
import type { LayerSize } from "../network-info.js";
import { adviceOn } from "./advice.js";
import { signsOfCourse } from "./course.js";
import { LIMITS } from "./limits.js";
import { warningsOfConfig } from "./pairing.js";
import { figure, nameOf, signOfInput, signsOfSpikes } from "./spikes.js";
import type { LateInput, Sign, Warning } from "./warning.js";

const keyOf = ({ code, layer }: Pick<Sign, "code" | "layer">): string => `${code} ${layer}`;
const SILENT_NETWORK = keyOf({ code: "SILENT_NETWORK", layer: null });

/** Looks for signs of trouble in the events of a trainer; says each once, and again when it went away and came back. */
export class HealthWatch {
  readonly #config: ResolvedConfig;
  readonly #layers: readonly LayerSize[];
  readonly #epochs: EpochEndEvent[] = [];
  #known: readonly string[] = [];
  #isConfigKnown = false;
  /** Input of the training data that comes too late. */
  #lateInput: LateInput | undefined;

  constructor(config: ResolvedConfig, layers: readonly LayerSize[]) {
    this.#config = config;
    this.#layers = layers;
  }

  /** Whether it has seen no epoch yet. */
  get isNew(): boolean {
    return this.#epochs.length === 0;
  }

  /** What a training showed before this watch began: its warnings have been given. */
  remember(epochs: readonly EpochRecord[]): void {
    for (const record of epochs) this.#ofEpoch({ type: "epochEnd", ...record });
  }

  /** Warnings of the configuration, unless they have been given. */
  ofConfig(): WarningEvent[] {
    if (this.#isConfigKnown || !this.isNew) return [];
    this.#isConfigKnown = true;
    return warningsOfConfig(this.#config).map((warning) => ({ type: "warning", epoch: 1, ...warning }));
  }

  /** What a run finds in its training data before it begins: the warning of late input, unless it has been given. */
  lateInput(late: LateInput | undefined): WarningEvent[] {
    const isKnown = this.#lateInput !== undefined || !this.isNew;
    this.#lateInput = late;
    if (late === undefined || isKnown) return [];
    const sign = signOfInput(late, this.#config.network.steps);
    const advice = adviceOn(sign, this.#config, this.#layers, { lateInput: late });
    return [{ type: "warning", epoch: 1, ...sign, advice }];
  }

  /** The events, with warnings after those that give cause. */
  watch(events: readonly CoreEvent[]): (CoreEvent | WarningEvent)[] {
    return events.flatMap((event) => [event, ...this.#warnings(event)]);
  }

  #warnings(event: CoreEvent): WarningEvent[] {
    if (event.type === "initialization") return this.#ofInitialization(event);
    if (event.type === "step") return this.#ofStep(event);
    if (event.type === "epochEnd") return this.#ofEpoch(event);
    return [];
  }

  #ofInitialization({ layer, target, spikesPerUnit, isSettled, isReached }: InitializationEvent): WarningEvent[] {
    if (!isSettled || isReached) return [];
    const name = nameOf(layer, this.#layers.length);
    const message = `no factor makes ${name} fire ${figure(target)} times a unit and sample: ${figure(spikesPerUnit)} is the closest`;
    return this.#news(1, [{ code: "INITIAL_ACTIVITY", layer, message }], this.#known);
  }

  /** A network without any spike need not wait for the end of an epoch. */
  #ofStep({ epoch, batch, running }: StepEvent): WarningEvent[] {
    if (batch !== LIMITS.silentBatches || running.spikesPerSample > 0) return [];
    const message = `no unit fires: there was no spike in the first ${batch} batches of epoch ${epoch}`;
    return this.#news(epoch, [{ code: "SILENT_NETWORK", layer: null, message }], this.#known);
  }

  #ofEpoch(event: EpochEndEvent): WarningEvent[] {
    this.#epochs.push(event);
    const { steps } = this.#config.network;
    const parameters = this.#layers.reduce((sum, { inputs, filters }) => sum + (inputs + 1) * filters, 0);
    const seen = event.validation ?? event.train;
    const course = signsOfCourse(this.#epochs, parameters, this.#layers.length);
    const { samples } = event.train;
    // That no unit fires at all has been said.
    if (seen.spikes.perSample === 0 && (this.#known.includes(SILENT_NETWORK) || this.#wasSilent(event)))
      return this.#news(event.epoch, course, [SILENT_NETWORK], samples);
    return this.#news(event.epoch, [...signsOfSpikes(seen, this.#layers, steps), ...course], [], samples);
  }

  /** Whether a step of the epoch gave the warning of a silent network, also where this watch began after it. */
  #wasSilent({ train: { samples, spikes } }: EpochEndEvent): boolean {
    return spikes.perSample === 0 && Math.ceil(samples / this.#config.training.batchSize) >= LIMITS.silentBatches;
  }

  /** The signs that were not known; `kept` stays known beside them. */
  #news(epoch: number, signs: readonly Sign[], kept: readonly string[] = [], samples?: number): WarningEvent[] {
    const news = signs.filter((sign) => !this.#known.includes(keyOf(sign)));
    this.#known = [...kept, ...signs.map(keyOf)];
    const known = { samples, lateInput: this.#lateInput };
    return news.map((sign) => ({ type: "warning", epoch, ...sign, advice: adviceOn(sign, this.#config, this.#layers, known) }));
  }
}

/** Warnings about a pass over samples, without a training around it. */
export function warningsOf(
  metrics: Metrics,
  config: ResolvedConfig,
  layers: readonly LayerSize[],
  lateInput?: LateInput,
): Warning[] {
  const { steps } = config.network;
  const signs = [...(lateInput ? [signOfInput(lateInput, steps)] : []), ...signsOfSpikes(metrics, layers, steps)];
  return signs.map((sign) => ({ ...sign, advice: adviceOn(sign, config, layers, { lateInput }) }));
}
