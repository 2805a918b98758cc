/** Resolves after the events that are due. */
export const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
