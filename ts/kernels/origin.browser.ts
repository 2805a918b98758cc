import { ARITHMETIC } from "../generated/arithmetic.js";
import { version } from "../version.js";
import type { Origin } from "./record.js";

/** What a browser tells of its machine; not every one has it. */
interface UserAgentData {
  platform: string;
  getHighEntropyValues(hints: string[]): Promise<{ architecture?: string; model?: string }>;
}

/** Describes this browser and what it tells of its machine: neither the caches nor the load. */
export async function originHere(): Promise<Origin> {
  const { userAgent, hardwareConcurrency, platform, userAgentData } = navigator as Navigator & {
    userAgentData?: UserAgentData;
  };
  const { architecture = "", model = "" } = (await userAgentData?.getHighEntropyValues(["architecture", "model"])) ?? {};
  return {
    date: new Date().toISOString(),
    version,
    arithmetic: ARITHMETIC,
    commit: "",
    processor: [model, architecture].filter((word) => word !== "").join(" ") || "not told by the browser",
    cores: hardwareConcurrency,
    platform: userAgentData?.platform || platform,
    engine: userAgent,
    caches: [],
    load: [0, 0],
  };
}
