import { transform } from "esbuild";
import * as spikelet from "spikelet";
import { Learner, type Snapshot } from "../../demo/playground/learner.js";
import type { Settings } from "../../demo/playground/settings.js";
import { Sight } from "../../demo/playground/sight.js";

/** A learner without a page. */
export class QuietLearner extends Learner {
  #ended: ((thrown?: unknown) => void) | undefined;

  constructor() {
    const failed = (thrown: unknown) => this.#ended?.(thrown);
    super({ changed: () => this.state === "learnt" && this.#ended?.(), learnt: () => {}, failed }, 0);
  }

  /** The network after its last epoch, once `act` has let it learn. */
  async after(act: () => unknown): Promise<Snapshot> {
    const ended = new Promise<unknown>((resolve) => {
      this.#ended = resolve;
    });
    act();
    const thrown = await ended;
    if (thrown !== undefined) throw thrown;
    return this.snapshot as Snapshot;
  }
}

/** A learner whose snapshots are looked at again and again, as the page does between two of them. */
export class WatchedLearner extends Learner {
  #shown: Snapshot | undefined;
  #isWatched = true;
  #looking: Promise<void> | undefined;
  /** What looking at the network on show threw. */
  readonly failures: unknown[] = [];
  /** Looks at a network that is no longer that of the settings asked for. */
  looksBetween = 0;

  constructor() {
    super(
      {
        changed: () => {
          if (this.state === "empty") this.#shown = undefined;
        },
        learnt: (snapshot) => {
          this.#shown = snapshot;
          this.#looking ??= this.#look();
        },
        failed: (thrown) => this.failures.push(thrown),
      },
      0,
    );
  }

  async stop(): Promise<void> {
    this.#isWatched = false;
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (this.#isWatched) {
      await new Promise((resolve) => setImmediate(resolve));
      const shown = this.#shown;
      const point = shown?.lesson.problem.learnt[0];
      if (shown === undefined || point === undefined) continue;
      if (this.state === "opening") this.looksBetween++;
      await Sight.of(shown.lesson, point).catch((thrown) => {
        if (shown.lesson !== this.#shown?.lesson) return;
        this.failures.push(thrown);
        this.#isWatched = false;
      });
    }
  }
}

/** A network of the playground after its last epoch, computed in Node. */
export function learnt(settings: Settings): Promise<Snapshot> {
  const learner = new QuietLearner();
  return learner.after(() => learner.open(settings));
}

const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...given: unknown[]) => Promise<void>;

/** What a program of the playground prints, by name. */
export async function resultsOf(program: string): Promise<Record<string, unknown>> {
  const { code } = await transform(program, { loader: "ts", format: "esm" });
  const [imported = "", names = ""] = /^import \{([^}]*)\} from "spikelet";$/m.exec(code) ?? [];
  const results: Record<string, unknown> = {};
  const log = (name: string, value: unknown) => {
    results[name] = value;
  };
  await new AsyncFunction("spikelet", "console", code.replace(imported, `const {${names}} = spikelet;`))(spikelet, { log });
  return results;
}
