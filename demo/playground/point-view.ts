import { byId, element } from "../page/element.js";
import { Clock } from "./clock.js";
import type { Point } from "./data/point.js";
import type { Lesson, Snapshot } from "./learner.js";
import { Sight } from "./sight.js";
import { showSpikes } from "./view/spike-table.js";
import { type Places, SpikesDrawing } from "./view/spikes-drawing.js";
import { UnitFigure } from "./view/unit-figure.js";
import { wishesOf } from "./wishes.js";
import { answerOf } from "./words.js";

export interface PointViewListener {
  /** Another point or unit is shown; layers count from the input, which is 0. */
  shown(sight: Sight, layer: number, unit: number): void;
  failed(thrown: unknown): void;
  /** Draws, and takes the time. */
  drawing(draw: () => void): void;
}

/** One point in the network: spikes in slow time, the membrane of a unit, and what the rule asks for. */
export class PointView {
  readonly #listener: PointViewListener;
  readonly #clock: Clock;
  readonly #spikes: SpikesDrawing;
  readonly #figure = new UnitFigure(byId("unit-figure", HTMLElement));
  readonly #unitChoice = byId("unit", HTMLSelectElement);
  readonly #answer = byId("answer", HTMLElement);
  readonly #rows = byId("spike-rows", HTMLElement);
  #lesson: Lesson | undefined;
  #sight: Sight | undefined;
  #point: Point | undefined;
  #next = 0;
  /** Whether the visitor has chosen the point, and the unit; until then others follow by themselves. */
  #isPointChosen = false;
  #chosenUnit: { layer: number; unit: number } | undefined;
  #isLooking = false;
  #looksAgain = false;
  #step = -1;

  constructor(places: Places, listener: PointViewListener) {
    this.#listener = listener;
    this.#spikes = new SpikesDrawing(byId("spikes", HTMLCanvasElement), places);
    this.#clock = new Clock(
      (time) => listener.drawing(() => this.#seek(time)),
      () => this.#isPointChosen || this.another(),
    );
    byId("another", HTMLButtonElement).addEventListener("click", () => {
      this.#isPointChosen = true;
      this.another();
    });
    this.#unitChoice.addEventListener("change", () => {
      const [layer = 1, unit = 0] = this.#unitChoice.value.split("/").map(Number);
      this.chooseUnit(layer, unit);
    });
  }

  /** Lets slow time run, unless the visitor wants no motion. */
  start(): void {
    if (!this.#clock.isStill) this.#clock.play();
  }

  get sight(): Sight | undefined {
    return this.#sight;
  }

  /** Looks at the network as it is now. */
  show({ lesson }: Snapshot): void {
    if (lesson !== this.#lesson) this.#open(lesson);
    this.look();
  }

  choosePoint(point: Point): void {
    this.#isPointChosen = true;
    this.#point = point;
    this.look();
  }

  chooseUnit(layer: number, unit: number): void {
    this.#chosenUnit = { layer, unit };
    this.#showUnit();
  }

  /** Goes on to another point. */
  another(): void {
    const { heldOut, learnt } = this.#lesson?.problem ?? { heldOut: [], learnt: [] };
    const points = heldOut.length > 0 ? heldOut : learnt;
    // Neighbours in the list belong to the classes in turn; seven is prime to them and to the number of points.
    this.#next += 7;
    this.#point = points[this.#next % Math.max(1, points.length)];
    this.look();
  }

  /** Nothing is shown until there is a network again. */
  close(): void {
    this.#lesson = undefined;
    this.#sight = undefined;
    this.#spikes.show(undefined);
  }

  #open(lesson: Lesson): void {
    this.#lesson = lesson;
    const { depth, width } = lesson.settings;
    const hidden = Array.from({ length: depth * width }, (_, k) => {
      const [layer, unit] = [Math.floor(k / width) + 1, k % width];
      const words = depth === 1 ? `Hidden unit ${unit + 1}` : `Hidden layer ${layer}, unit ${unit + 1}`;
      return element("option", { value: `${layer}/${unit}` }, words);
    });
    const outputs = Array.from({ length: lesson.problem.classes }, (_, unit) =>
      element("option", { value: `${depth + 1}/${unit}` }, `Output ${unit + 1}`),
    );
    this.#unitChoice.replaceChildren(...hidden, ...outputs);
    const chosen = this.#chosenUnit;
    if (chosen !== undefined && ![...this.#unitChoice.options].some(({ value }) => value === `${chosen.layer}/${chosen.unit}`)) {
      this.#chosenUnit = undefined;
    }
    const { heldOut, learnt } = lesson.problem;
    if (this.#isPointChosen && this.#point !== undefined && [...heldOut, ...learnt].includes(this.#point)) return;
    this.#isPointChosen = false;
    this.#point = heldOut[this.#next % Math.max(1, heldOut.length)] ?? learnt[0];
  }

  /** Runs the point through the network; a call during a look makes it look once more afterwards. */
  look(): void {
    this.#looksAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#lookWhileAsked().finally(() => {
      this.#isLooking = false;
    });
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#looksAgain) {
      this.#looksAgain = false;
      const [lesson, point] = [this.#lesson, this.#point];
      if (lesson === undefined || point === undefined) return;
      try {
        const sight = await Sight.of(lesson, point);
        if (lesson === this.#lesson) this.#take(sight);
      } catch (thrown) {
        // A network that was replaced meanwhile has nothing to say.
        if (lesson === this.#lesson) this.#listener.failed(thrown);
      }
    }
  }

  #take(sight: Sight): void {
    this.#sight = sight;
    this.#listener.drawing(() => {
      this.#clock.fit(sight.steps);
      this.#spikes.show(sight);
      this.#answer.textContent = answerOf(sight);
    });
    this.#showUnit();
  }

  #showUnit(): void {
    const sight = this.#sight;
    if (sight === undefined) return;
    const { layer, unit } = this.#chosenUnit ?? liveliest(sight);
    this.#unitChoice.value = `${layer}/${unit}`;
    this.#listener.drawing(() => {
      this.#figure.show({ steps: sight.steps, sight, layer, unit }, this.#clock.step);
      const trace = sight.gradients.trace?.[layer - 1];
      const spikes = sight.layers[layer]?.of(unit) ?? [];
      showSpikes(this.#rows, trace === undefined ? [] : wishesOf(trace, unit, spikes));
      this.#listener.shown(sight, layer, unit);
    });
  }

  #seek(time: number): void {
    this.#spikes.seek(time);
    if (this.#clock.step === this.#step) return;
    this.#step = this.#clock.step;
    this.#figure.seek(this.#step);
  }
}

/** The hidden unit of the last layer of which the rule asks most, among those that fire. */
function liveliest({ gradients, layers }: Sight): { layer: number; unit: number } {
  const layer = Math.max(1, layers.length - 2);
  const trace = gradients.trace?.[layer - 1];
  let [best, most] = [0, -1];
  for (let unit = 0; unit < (trace?.units ?? 0); unit++) {
    let sum = (layers[layer]?.of(unit).length ?? 0) > 0 ? 1e-9 : 0;
    for (let step = 0; step < (trace?.steps ?? 0); step++) sum += Math.abs(trace?.direct[step * trace.units + unit] ?? 0);
    if ((layers[layer]?.of(unit).length ?? 0) === 0) sum *= 1e-3;
    if (sum > most) [best, most] = [unit, sum];
  }
  return { layer, unit: best };
}
