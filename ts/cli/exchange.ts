import type { NirOptions } from "../exchange/index.js";
import { UsageError } from "./exit.js";

/** The options of a NIR file that relate steps and time. */
export function nirTime({ dt, discretization }: { dt?: string | undefined; discretization?: string | undefined }): NirOptions {
  const seconds = Number(dt);
  if (dt !== undefined && !(seconds > 0 && Number.isFinite(seconds))) {
    throw new UsageError(`--dt must be a number of seconds above 0, got "${dt}"`);
  }
  return {
    ...(dt === undefined ? {} : { dt: seconds }),
    ...(discretization === undefined ? {} : { discretization: discretization as "euler" | "exact" }),
  };
}
