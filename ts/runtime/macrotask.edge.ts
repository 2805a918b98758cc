/** Resolves after the events and timers that are due; edge runtimes have timers only. */
export const macrotask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
