import { BY_CONNECTION, BY_INPUT, CONVOLUTION, type Description, ONE_TO_ONE } from "../../infer/description.js";
import type { CConnection, CNetwork } from "./network.js";
import { resolved } from "./resolve.js";

const TYPES = { weight: "float", sum: "float", membrane: "float" } as const;

/** A network in single precision. */
export function floatNetwork(description: Description): CNetwork {
  return resolved(description, TYPES, (layer, originsOf) => ({
    constants: { float: layer },
    connections: layer.connections.map(({ sources, ...given }) => ({
      ...given,
      origins: originsOf(sources),
      kind: kindOf(given.kind),
      delaysBy: delaysBy(given.delaysBy),
    })),
  }));
}

export function kindOf(kind: number): CConnection["kind"] {
  return kind === CONVOLUTION ? "convolution" : kind === ONE_TO_ONE ? "oneToOne" : "dense";
}

function delaysBy(kind: number): CConnection["delaysBy"] {
  return kind === BY_INPUT ? "input" : kind === BY_CONNECTION ? "connection" : "nothing";
}
