import { type Config, createNetwork, type Network, restoreNetwork } from "spikelet";
import { SIDE } from "../race/digits.js";
import { configOf } from "./learning.js";
import { MAX_NAME, MAX_SIGNS, type SignContent } from "./lesson.js";

/** Data of a checkpoint beside the network. */
interface Origin {
  room: "teach";
  /** Names of the outputs, but the last one, which is for other drawings. */
  classes: string[];
  /** Grey values of each drawing of each class, in base 64. */
  drawings: string[][];
}

/** A checkpoint of the network with names and drawings as its origin. Plain descent keeps no moments, which are most of what Adam saves. */
export async function saved(network: Network, signs: readonly SignContent[]): Promise<Uint8Array> {
  const origin: Origin = {
    room: "teach",
    classes: signs.map(({ name }) => name),
    drawings: signs.map(({ drawings }) => drawings.map((pixels) => btoa(String.fromCharCode(...pixels)))),
  };
  const config: Config = { ...network.config, optimizer: { type: "sgd" } };
  using copy = await createNetwork(config, { parameters: await network.parameters() });
  return copy.checkpoint({ origin: JSON.stringify(origin) });
}

/** Bytes of a file at most: {@link MAX_SIGNS} symbols with hundreds of drawings. */
const MAX_BYTES = 1 << 23;

/**
 * Restores the network and the symbols of a file that {@link saved} made.
 *
 * @throws {Error} for a checkpoint that comes from elsewhere; `SpikeletError` for what is none.
 */
export async function restored(file: Blob): Promise<{ network: Network; signs: SignContent[] }> {
  if (file.size > MAX_BYTES) throw new Error(`it has ${file.size} bytes, more than ${MAX_BYTES}: it was not saved in this room`);
  const network = await restoreNetwork(new Uint8Array(await file.arrayBuffer()));
  try {
    const signs = signsOf(JSON.parse(network.info.origin ?? "null"));
    if (!isOfThisRoom(network, signs.length)) throw new Error("another network");
    return { network, signs };
  } catch {
    network.dispose();
    throw new Error("this checkpoint was not saved in this room: it names no symbols");
  }
}

/** Whether a network has the architecture that this room trains: a checkpoint of a few bytes may name one that takes gigabytes. */
function isOfThisRoom({ config }: Network, symbols: number): boolean {
  const { input, steps, layers } = config.network;
  const expected = configOf(symbols).network;
  const isAlike = ({ type, units }: { type: string; units?: number }, k: number) =>
    type === expected.layers[k]?.type && units === (expected.layers[k] as { units: number }).units;
  return String(input) === String(expected.input) && steps === expected.steps && layers.length === 2 && layers.every(isAlike);
}

function signsOf({ room, classes, drawings }: Origin): SignContent[] {
  if (room !== "teach" || !Array.isArray(classes) || !Array.isArray(drawings)) throw new Error("another origin");
  if (classes.length > MAX_SIGNS || drawings.length !== classes.length) throw new Error("damaged");
  return classes.map((name, k) => {
    const images = (drawings[k] ?? []).map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
    if (typeof name !== "string" || images.some(({ length }) => length !== SIDE * SIDE)) throw new Error("damaged");
    return { name: name.slice(0, MAX_NAME), drawings: images };
  });
}
