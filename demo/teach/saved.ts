import { type Config, createNetwork, type Network, restoreNetwork } from "spikelet";
import { SIDE } from "../race/digits.js";
import type { Sign } from "./lesson.js";

type Content = Omit<Sign, "id">;

/** What stands in a checkpoint beside the network. */
interface Origin {
  room: "teach";
  /** Names of the outputs. */
  classes: string[];
  /** Grey values of each drawing of each class, in base 64. */
  drawings: string[][];
}

/** A checkpoint of the network with names and drawings as its origin. Plain descent keeps no moments, which are most of what Adam saves. */
export async function saved(network: Network, signs: readonly Content[]): Promise<Uint8Array> {
  const origin: Origin = {
    room: "teach",
    classes: signs.map(({ name }) => name),
    drawings: signs.map(({ drawings }) => drawings.map((pixels) => btoa(String.fromCharCode(...pixels)))),
  };
  const config: Config = { ...network.config, optimizer: { type: "sgd" } };
  using copy = await createNetwork(config, { parameters: await network.parameters() });
  return copy.checkpoint({ origin: JSON.stringify(origin) });
}

/**
 * What {@link saved} made.
 *
 * @throws {Error} for a checkpoint that comes from elsewhere; `SpikeletError` for what is none.
 */
export async function restored(checkpoint: Uint8Array): Promise<{ network: Network; signs: Content[] }> {
  const network = await restoreNetwork(checkpoint);
  try {
    return { network, signs: signsOf(JSON.parse(network.info.origin ?? "null"), network.info.layers.at(-1)?.units ?? 0) };
  } catch {
    network.dispose();
    throw new Error("this checkpoint was not saved in this room: it names no symbols");
  }
}

function signsOf({ room, classes, drawings }: Origin, outputs: number): Content[] {
  if (room !== "teach" || classes.length !== outputs || drawings.length !== outputs) throw new Error("another origin");
  return classes.map((name, k) => {
    const images = (drawings[k] ?? []).map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
    if (typeof name !== "string" || images.some(({ length }) => length !== SIDE * SIDE)) throw new Error("damaged");
    return { name, drawings: images };
  });
}
