import { setImmediate } from "node:timers/promises";

/** Lets everything that is ready run once. */
export function macrotask(): Promise<unknown> {
  return setImmediate();
}

/** Work that is held until the test lets it go. */
export function held(onStart: () => void): { pause: () => Promise<void>; release: () => void } {
  let release = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  const pause = () => {
    onStart();
    return promise;
  };
  return { pause, release };
}
