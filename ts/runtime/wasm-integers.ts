import type { Session } from "./backend.js";
import type { Extras } from "./wasm-extras.js";

/** Methods of a session whose work the second module does. */
const METHODS = ["quantize", "openIntegers", "predictIntegers", "exportIntegers", "closeIntegers"] as const;

export type IntegerMethod = (typeof METHODS)[number];

export function isOfIntegers(name: keyof Session): name is IntegerMethod {
  return (METHODS as readonly (keyof Session)[]).includes(name);
}

/** What they need of a session of the first. */
interface Core {
  config(): string;
  info(): string;
  measure(dataset: number, start: number, count: number): Float64Array;
  spikes(dataset: number, start: number, count: number): { offsets: Uint32Array; times: Uint16Array; units: Uint32Array };
}

/** Networks of whole numbers of a session: the first module gives what it knows as arrays, the second computes. */
export interface IntegerMethods extends Pick<Session, IntegerMethod> {
  /** Frees all. */
  dispose(): void;
}

/** @param call calls the first module. */
export function integerMethods(core: Core, call: <T>(work: () => T) => T, extras: Extras): IntegerMethods {
  const opened = new Set<number>();
  let isDisposed = false;
  const close = (integers: number) => {
    opened.delete(integers);
    return extras.call<void>("closeIntegers", integers);
  };
  return {
    async quantize(dataset, start, count, ...settings) {
      const measured = call(() => core.measure(dataset, start, count));
      return extras.call("quantize", measured, ...settings);
    },
    async openIntegers(numbers) {
      const config = call(() => core.config());
      const integers = await extras.call<number>("openIntegers", config, numbers);
      opened.add(integers);
      if (isDisposed) await close(integers);
      return integers;
    },
    async predictIntegers(integers, dataset, start, count) {
      const { offsets, times, units } = call(() => core.spikes(dataset, start, count));
      return extras.call("predictIntegers", integers, offsets, times, units);
    },
    async exportIntegers(integers) {
      const { trainedOn } = JSON.parse(call(() => core.info())) as { trainedOn: unknown };
      return extras.call("exportIntegers", integers, trainedOn === null ? undefined : JSON.stringify(trainedOn));
    },
    async closeIntegers(integers) {
      call(() => {});
      return close(integers);
    },
    dispose() {
      isDisposed = true;
      // A module that has stopped holds nothing that is needed again.
      for (const integers of opened) close(integers).catch(() => {});
    },
  };
}
