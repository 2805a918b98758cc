import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId, element } from "../page/element.js";
import { failed, failedToOpen } from "../page/failed.js";
import { Responsiveness } from "../page/responsiveness.js";
import { say } from "../page/state.js";
import { Throttle } from "../page/throttle.js";
import { type Address, addressOf, readAddress } from "./address.js";
import { Controls } from "./controls.js";
import { Learner, type Snapshot } from "./learner.js";
import { PlaneView } from "./plane-view.js";
import { PointView } from "./point-view.js";
import type { Settings } from "./settings.js";
import { Share } from "./share.js";
import { Tables } from "./tables.js";
import { sharesOf } from "./view/field.js";
import { NetworkDrawing } from "./view/network-drawing.js";
import { abilityOf, percent } from "./words.js";

/** Milliseconds from one drawing of the network to the next while it learns. */
const DRAW_EVERY = 100;
/** Milliseconds that a drawing rests until it is learnt. */
const DRAWN_AFTER = 300;

/** The first room: a network that learns points of a plane, and everything that determines it. */
class Playground {
  readonly #responsiveness = new Responsiveness();
  readonly #run = byId("run", HTMLButtonElement);
  readonly #one = byId("step", HTMLButtonElement);
  readonly #again = byId("reset", HTMLButtonElement);
  readonly #learner = new Learner({
    changed: () => this.#changed(),
    learnt: (snapshot) => this.#learnt(snapshot),
    failed,
  });
  readonly #network = new NetworkDrawing(byId("network", HTMLCanvasElement), () => this.#point?.look());
  readonly #plane = new PlaneView({
    drew: (points) => this.#drew({ ...this.#settings, drawn: points }),
    chose: (point) => this.#point.choosePoint(point),
    said: announce,
  });
  readonly #point = new PointView(this.#network, {
    shown: (sight, layer, unit) => {
      this.#plane.mark(sight.point);
      this.#network.choose(layer, unit);
    },
    failed,
    drawing: (draw) => this.#responsiveness.drawing(draw),
  });
  readonly #tables = new Tables();
  readonly #controls: Controls;
  readonly #drawing = new Throttle(DRAW_EVERY, () => this.#responsiveness.drawing(() => this.#draw()));
  #settings: Settings;
  /** What the address that was opened says of the digest, until a setting changes. */
  #expected: string | undefined;
  #drawnTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(address: Address) {
    this.#settings = address.settings;
    this.#controls = new Controls(address.settings, (settings, sentence) => this.#change(settings, sentence));
    new Share(() => this.#shared());
    onPress(this.#run, () => (this.#learner.state === "learning" ? this.#learner.pause() : this.#learner.run()));
    onPress(this.#one, () => void this.#learner.step());
    onPress(this.#again, () => void this.#open(true));
    byId("network", HTMLCanvasElement).addEventListener("click", ({ offsetX, offsetY }) => {
      const tile = this.#network.unitAt(offsetX, offsetY);
      if (tile !== undefined) this.#point.chooseUnit(tile.layer, tile.unit);
    });
    // A link within the page would replace the settings in its address.
    document.querySelector(".skip")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.#run.focus();
    });
    addEventListener("hashchange", () => {
      const address = readAddress(location.search, location.hash);
      this.#controls.show(address.settings);
      void this.open(address);
    });
  }

  /** Shows the network of an address. */
  async open({ settings, digest, faults, isPaused, isEmbedded }: Address): Promise<void> {
    this.#settings = settings;
    this.#expected = digest;
    document.body.classList.toggle("embedded", isEmbedded);
    const own = byId("own-page", HTMLAnchorElement);
    own.href = `#${addressOf(settings, digest)}`;
    byId("faults", HTMLElement).replaceChildren(...faults.map((fault) => element("li", {}, fault)));
    const isStill = isPaused || matchMedia("(prefers-reduced-motion: reduce)").matches;
    await this.#open(!isStill);
    this.#responsiveness.start();
    if (!isStill) this.#point.start();
  }

  async #open(runs: boolean): Promise<void> {
    this.#plane.open(this.#settings);
    await this.#learner.open(this.#settings, { runs });
  }

  #change(settings: Settings, sentence: string): void {
    const runs = this.#learner.state !== "ready" && this.#learner.state !== "paused";
    this.#settings = settings;
    this.#expected = undefined;
    history.replaceState(null, "", `#${addressOf(settings)}`);
    byId("faults", HTMLElement).replaceChildren(...(sentence === "" ? [] : [element("li", {}, sentence)]));
    void this.#open(runs);
  }

  #drew(settings: Settings): void {
    this.#settings = settings;
    clearTimeout(this.#drawnTimer);
    this.#drawnTimer = setTimeout(() => {
      this.#controls.show(settings);
      this.#change(settings, "");
    }, DRAWN_AFTER);
  }

  #shared() {
    const { snapshot } = this.#learner;
    const settings = { ...(snapshot?.lesson.settings ?? this.#settings) };
    if (snapshot === undefined || snapshot.epoch === 0) return { settings, digest: undefined };
    return { settings: { ...settings, epochs: snapshot.epoch }, digest: snapshot.digest };
  }

  #changed(): void {
    const { state, epochs } = this.#learner;
    document.documentElement.dataset["state"] = state;
    this.#run.textContent = state === "learning" ? "Pause" : state === "learnt" ? "Go on" : "Learn";
    const canLearn = state === "ready" || state === "learning" || state === "paused" || state === "learnt";
    enable(this.#run, canLearn);
    enable(this.#one, canLearn);
    enable(this.#again, state !== "opening" && state !== "empty");
    if (state === "empty") {
      this.#point.close();
      say("Draw points of two classes or three: the network learns them as you draw.");
    } else if (state === "opening") say("Making a network …");
    else if (state === "ready") say("Ready: it has learnt nothing yet.");
    else if (state !== "failed")
      say(state === "learning" ? "Learning …" : state === "learnt" ? `Learnt for ${epochs} epochs.` : "Paused.");
    this.#drawing.now();
    const { snapshot } = this.#learner;
    if (snapshot !== undefined && (state === "paused" || state === "learnt")) {
      announce(`${state === "learnt" ? "Learnt" : "Paused"}: ${abilityOf(snapshot)}.`);
    }
  }

  #learnt(_snapshot: Snapshot): void {
    if (this.#learner.state === "learning") this.#drawing.soon();
    else this.#drawing.now();
  }

  #draw(): void {
    const { snapshot } = this.#learner;
    if (snapshot === undefined) return;
    const { epoch, lesson, metrics, map, digest } = snapshot;
    const shares = sharesOf(map, lesson.problem.classes);
    this.#plane.show(snapshot, shares);
    this.#network.show(snapshot);
    this.#point.show(snapshot);
    this.#tables.show(snapshot, shares, this.#point.sight);
    byId("epoch", HTMLElement).textContent = String(epoch);
    byId("right", HTMLElement).textContent = percent(metrics.accuracy.decision ?? 0);
    byId("right-of", HTMLElement).textContent = lesson.problem.heldOut.length > 0 ? "New points right" : "Points right";
    byId("spikes-per-point", HTMLElement).textContent = metrics.spikes.perSample.toFixed(1);
    byId("loss", HTMLElement).textContent = metrics.loss.toFixed(3);
    byId("digest", HTMLElement).textContent = digest;
    byId("digest-epoch", HTMLElement).textContent = String(epoch);
    byId("same", HTMLElement).textContent = this.#verdict(snapshot);
    byId("pace", HTMLElement).textContent = this.#responsiveness.sentence;
  }

  /** Whether the network is that of the link's sender. */
  #verdict({ epoch, lesson, digest }: Snapshot): string {
    if (this.#expected === undefined) return "";
    if (epoch < lesson.settings.epochs) return `After epoch ${lesson.settings.epochs} this is compared with the link.`;
    if (epoch > lesson.settings.epochs) return "";
    return digest.startsWith(this.#expected)
      ? "The same as the sender's, to the last bit."
      : `Not the sender's, which begins with ${this.#expected}.`;
  }
}

const address = readAddress(location.search, location.hash);
new Playground(address).open(address).catch(failedToOpen);
