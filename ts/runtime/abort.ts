interface Listening {
  /** Called when the signal is aborted. */
  readonly stops: Set<() => void>;
  readonly listener: () => void;
}

/** One listener a signal, whatever waits for it: Node takes many on one signal for a leak. */
const listening = new WeakMap<AbortSignal, Listening>();

/** Settles like `work`, or rejects with the reason of the signal as soon as it is aborted; `work` itself continues. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) {
    work.catch(() => undefined);
    throw signal.reason;
  }
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  const stopListening = onAbort(signal, stop);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
    work.catch(() => undefined);
  }
}

/** Calls `stop` when the signal is aborted, unless the function that is returned is called before. */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  const { stops, listener } = listening.get(signal) ?? listen(signal);
  // Of its own, also where `stop` waits twice.
  const once = () => stop();
  stops.add(once);
  return () => {
    stops.delete(once);
    if (stops.size > 0) return;
    signal.removeEventListener("abort", listener);
    if (listening.get(signal)?.stops === stops) listening.delete(signal);
  };
}

function listen(signal: AbortSignal): Listening {
  const stops = new Set<() => void>();
  const listener = () => {
    for (const stop of stops) stop();
  };
  signal.addEventListener("abort", listener, { once: true });
  const made = { stops, listener };
  listening.set(signal, made);
  return made;
}
