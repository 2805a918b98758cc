/** Milliseconds after which a test is taken for one that hangs. Nothing is measured by it, however busy the machine. */
export const PATIENCE = 900_000;
