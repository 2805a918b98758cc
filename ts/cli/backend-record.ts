import type { Network } from "../network.js";

/** The backend, as reports state it. */
export interface BackendRecord {
  kind: string;
  simd: string;
  threads: number;
  reason: string;
}

export function backendRecord(network: Network): BackendRecord {
  const { simd, threads } = network.info;
  return { kind: network.backend.kind, simd, threads, reason: network.backend.reason };
}
