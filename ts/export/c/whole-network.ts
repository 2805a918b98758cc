import { MAX_STEPS } from "../../check/steps.js";
import { SpikeletError } from "../../errors.js";
import {
  ADLIF,
  ALIF,
  type Connection,
  type Description,
  isLayer,
  type Layer,
  LEAKY,
  LIF,
  RESET_ALL,
  RESET_SUBTRACT,
  type Source,
  type Window,
} from "../../infer/description.js";
import type { IntegerInput, IntegerLayer, Integers } from "../../session/integer-numbers.js";
import { kindOf } from "./float-network.js";
import type { CConnection, CNetwork, Reset, WholeConstants } from "./network.js";
import { type OriginsOf, resolved } from "./resolve.js";
import { type Range, wholeList, wholeNumber } from "./whole-checks.js";

const WEIGHT: Range = [-127, 127];
const DELAY: Range = [0, MAX_STEPS];
const DECAY: Range = [0, 0x8000];
const LEVEL: Range = [-0x7fff_ffff, 0x7fff_ffff];
const SHIFT: Range = [0, 15];

/**
 * A network of whole numbers: `integers` on the nodes of the network that they were made of.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` or `CONFIG_INVALID` at `integers…` for numbers that do not fit the network or are out of range.
 */
export function wholeNetwork(description: Description, integers: Integers): CNetwork {
  const { stateBits, layers } = integers;
  if (stateBits !== 16 && stateBits !== 32) {
    throw new SpikeletError("CONFIG_INVALID", "integers.stateBits", `must be 16 or 32, got ${stateBits}`);
  }
  const count = description.nodes.filter(isLayer).length;
  if (layers.length !== count) mismatch("integers.layers", `${count} layers`, layers.length);
  if (description.isReadout && description.decision === "membrane" && [3, 5].includes(description.statistic)) {
    const why = 'has no form in whole numbers: decide by "mean", "each", "max" or "last"';
    throw new SpikeletError("CONFIG_INVALID", "loss.statistic", why);
  }
  let number = 0;
  const types = { weight: "int8_t", sum: "int32_t", membrane: `int${stateBits}_t` } as const;
  // Every sample runs all its steps.
  return resolved({ ...description, endsEarly: false }, types, (layer, originsOf) => {
    const path = `integers.layers[${number}]`;
    const given = layers[number++] as IntegerLayer;
    return {
      constants: { whole: constantsOf(layer, given, stateBits, path) },
      connections: connectionsOf(layer, given, originsOf, path),
    };
  });
}

/** Kinds of neurons that whole numbers have a form of; the file may have others. */
const KINDS: readonly number[] = [LIF, LEAKY, ALIF];

function constantsOf(layer: Layer, given: IntegerLayer, stateBits: 16 | 32, path: string): WholeConstants {
  if (!KINDS.includes(layer.kind)) {
    const what = layer.kind === ADLIF ? "adlif" : `the neuron of number ${layer.kind}`;
    throw new SpikeletError("CONFIG_INVALID", path, `${what} has no form in whole numbers`);
  }
  const list = (name: keyof IntegerLayer, range: Range) => {
    const values = given[name] as number | number[] | undefined;
    if (values === undefined) throw new SpikeletError("CONFIG_INVALID", `${path}.${name}`, "is missing");
    return wholeList([values].flat(), [1, layer.filters], range, `${path}.${name}`);
  };
  const fires = layer.kind !== LEAKY;
  return {
    stateBits,
    weightShift: wholeNumber(given.weightShift, SHIFT, `${path}.weightShift`),
    currentShift: wholeNumber(given.currentShift, SHIFT, `${path}.currentShift`),
    currentDecay: list("currentDecay", DECAY),
    membraneDecay: list("membraneDecay", DECAY),
    bias: list("bias", LEVEL),
    threshold: fires ? list("threshold", LEVEL) : undefined,
    adaptation:
      fires && given.adaptationDecay !== undefined
        ? { decay: list("adaptationDecay", DECAY), strength: list("adaptationStrength", LEVEL) }
        : undefined,
    reset: resetOf(layer, path),
    refractory: layer.refractory,
  };
}

function resetOf({ reset, constants }: Layer, path: string): Reset {
  if (reset !== RESET_SUBTRACT) return reset === RESET_ALL ? "all" : "membrane";
  const drops = constants[3] as Float32Array;
  if (drops.every((drop) => drop === 1)) return "subtract";
  if (drops.every((drop) => drop === 0)) return "none";
  throw new SpikeletError("CONFIG_INVALID", path, 'the reset "subtractAfterDecay" has no form in whole numbers');
}

/** Connections of a layer: one for each input of the whole numbers, of which a recurrent layer has one for its own spikes. */
function connectionsOf(layer: Layer, given: IntegerLayer, originsOf: OriginsOf, path: string): CConnection[] {
  const parts = layer.connections.flatMap((connection) => partsOf(connection, layer.filters * layer.places));
  if (given.inputs.length !== parts.length) mismatch(`${path}.inputs`, `${parts.length} inputs`, given.inputs.length);
  return parts.map(({ connection, sources, inputs }, index) =>
    connectionOf(layer, connection, originsOf(sources), inputs, given.inputs[index] as IntegerInput, `${path}.inputs[${index}]`),
  );
}

/** Sources of a connection whose units have the same numbers, and how many units these have. */
function partsOf(connection: Connection, units: number): { connection: Connection; sources: Source[]; inputs: number }[] {
  const { sources, window, kind, weights } = connection;
  const read = window ? window.channels * window.rows[0] * window.columns[0] : kind === 0 ? weights.length / units : units;
  const starts = [...new Set(sources.map(([, , offset]) => offset))].sort((a, b) => a - b);
  return starts.map((start, index) => ({
    connection,
    sources: sources.flatMap(([number, lag, offset]): Source[] => (offset === start ? [[number, lag, 0]] : [])),
    inputs: (starts[index + 1] ?? read) - start,
  }));
}

function connectionOf(
  { filters, places }: Layer,
  { window, kind }: Connection,
  origins: CConnection["origins"],
  inputs: number,
  given: IntegerInput,
  path: string,
): CConnection {
  const units = filters * places;
  const shared = { origins, kind: kindOf(kind), window, scale: undefined };
  const weightsOf = (...lengths: number[]) => Int8Array.from(wholeList(given.weights, lengths, WEIGHT, `${path}.weights`));
  if (window === undefined && shared.kind === "dense") {
    const delays = wholeList(given.delays ?? [], [0, inputs, inputs * units], DELAY, `${path}.delays`);
    const delaysBy = delays.length === 0 ? "nothing" : delays.length === inputs ? "input" : "connection";
    const steps = delaysBy === "connection" ? transposed(delays, units, inputs) : delays;
    return { ...shared, delaysBy, delays: steps, weights: transposed(weightsOf(inputs * units), units, inputs) };
  }
  wholeList(given.delays ?? [], [0], DELAY, `${path}.delays`);
  const undelayed = { ...shared, delaysBy: "nothing", delays: [] } as const;
  if (window === undefined) {
    const weights = weightsOf(units, filters);
    const byUnit = Int8Array.from(
      { length: units },
      (_, unit) => weights[weights.length === units ? unit : Math.floor(unit / places)] as number,
    );
    return { ...undelayed, weights: byUnit };
  }
  const taps = tapsOf(window);
  return { ...undelayed, weights: transposed(weightsOf(filters * taps), filters, taps) };
}

/** Weights of each channel of a convolution. */
function tapsOf({ channels, groups, rows, columns }: Window): number {
  return (channels / groups) * rows[2] * columns[2];
}

/** `[row][column]` as `[column][row]`. */
function transposed<T extends number[] | Int8Array>(values: T, rows: number, columns: number): T {
  const to = values.slice() as T;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = values[row * columns + column] as number;
  }
  return to;
}

function mismatch(path: string, expected: string, got: number): never {
  throw new SpikeletError("SHAPE_MISMATCH", path, `must have ${expected}, got ${got}`);
}
