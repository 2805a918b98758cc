import { whole } from "./values.js";

/** Most steps that a simulation can have. */
export const MAX_STEPS = 0xffff;

/** A number of steps that a simulation can have. */
export const steps = whole(1, MAX_STEPS);
