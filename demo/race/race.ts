import { createTrainer, type Metrics, type TrainEvent, type Trainer } from "spikelet";
import { type Backend, loadBackend } from "spikelet/backend";
import type { Digits } from "./digits.js";
import { RULES, type Rule, type RuleType } from "./rules.js";
import { configOf, EPOCHS, type Settings } from "./settings.js";

/** What a network showed after an epoch; epoch 0 is the start. */
export interface Point {
  epoch: number;
  accuracy: number;
  spikes: number;
  decisionStep: number;
}

/** A network and the rule that trains it. */
export interface Contestant {
  readonly rule: Rule;
  readonly trainer: Trainer;
  readonly points: Point[];
  events: AsyncIterator<TrainEvent>;
}

/** Three networks from the same start; they take turns, one update each. */
export class Race implements Disposable {
  readonly contestants: readonly Contestant[];
  readonly #digits: Digits;
  /** Updates that each network has made. */
  updates = 0;
  /** Epochs until the race is over. */
  epochs = EPOCHS;
  isOver = false;

  private constructor(contestants: readonly Contestant[], digits: Digits) {
    this.contestants = contestants;
    this.#digits = digits;
  }

  static async prepare(settings: Settings, digits: Digits): Promise<Race> {
    const { train, validation } = digits;
    const backend = oneUpdateACall(await loadBackend());
    const contestants: Contestant[] = [];
    for (const rule of RULES) {
      const trainer = await createTrainer(configOf(rule.type, settings), { backend });
      const start = contestants[0]?.points[0] ?? pointOf(0, await trainer.evaluate(validation));
      const events = trainer.run(train, { validation })[Symbol.asyncIterator]();
      contestants.push({ rule, trainer, points: [start], events });
    }
    return new Race(contestants, digits);
  }

  /** Makes one update of each network; where an epoch ends with it, also evaluates the validation digits. */
  async updateAll(): Promise<void> {
    for (const contestant of this.contestants) await this.#update(contestant);
  }

  /** Lets a race that is over go on for {@link EPOCHS} more epochs. */
  async goOn(): Promise<void> {
    this.epochs += EPOCHS;
    this.isOver = false;
    const { train, validation } = this.#digits;
    for (const contestant of this.contestants) {
      while (!(await contestant.events.next()).done);
      contestant.events = contestant.trainer.run(train, { validation, epochs: this.epochs })[Symbol.asyncIterator]();
    }
  }

  of(type: RuleType): Contestant {
    const found = this.contestants.find(({ rule }) => rule.type === type);
    if (found === undefined) throw new Error(`no ${type} in this race`);
    return found;
  }

  [Symbol.dispose](): void {
    for (const { trainer } of this.contestants) trainer.dispose();
  }

  async #update({ events, points }: Contestant): Promise<void> {
    while (true) {
      const { value: event, done } = await events.next();
      if (done) return;
      if (event.type === "step") {
        this.updates = event.step;
        if (event.batch < event.batches) return;
      }
      if (event.type === "epochEnd") {
        points.push(pointOf(event.epoch, event.validation ?? event.train));
        this.isOver = event.epoch === event.epochs;
        return;
      }
    }
  }
}

/** A backend that makes one update a call, so that a trainer stands exactly where its last event says. */
function oneUpdateACall(backend: Backend): Backend {
  return Object.create(backend, { callMilliseconds: { value: 0.1 } });
}

function pointOf(epoch: number, { accuracy, spikes, decisionStep }: Metrics): Point {
  return { epoch, accuracy: accuracy.firstSpike ?? 0, spikes: spikes.perSample, decisionStep: decisionStep?.mean ?? 0 };
}
