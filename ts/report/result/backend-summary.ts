import type { Network } from "../../network.js";

/** The backend, as reports state it. */
export interface BackendSummary {
  kind: string;
  simd: string;
  threads: number;
  reason: string;
}

export function backendSummary(network: Network): BackendSummary {
  const { simd, threads } = network.info;
  return { kind: network.backend.kind, simd, threads, reason: network.backend.reason };
}
