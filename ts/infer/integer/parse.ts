import { ALIF, LEAKY } from "../description.js";
import { atMost } from "../errors.js";
import { parsePool, parseSources, parseWiring } from "../parse.js";
import type { Reader } from "../reader.js";
import { demand, demandSound } from "../sound.js";
import {
  FIRST,
  type IntegerDescription,
  type IntegerInput,
  type IntegerLayer,
  type IntegerNode,
  isLayer,
  RESET_NONE,
} from "./description.js";
import { ONE } from "./units.js";

type Eight = [number, number, number, number, number, number, number, number];

const MAX_SHIFT = 15;

/** Reads the section of a network of whole numbers; a `RangeError` says that its contents do not fit each other. */
export function parse(reader: Reader): IntegerDescription {
  const [inputs, steps, statistic, bits] = reader.words(4) as Eight;
  const nodes = Array.from({ length: reader.word() }, () => parseNode(reader));
  demandSound({ inputs, steps, nodes }, { lastKind: ALIF, lastReset: RESET_NONE, isWhole: true });
  const isDecay = (decay: number) => decay >= 0 && decay <= ONE;
  const decays = nodes
    .filter(isLayer)
    .flatMap(({ constants: [current, membrane, , adaptation] }) => [current, membrane, adaptation]);
  demand([16, 32].includes(bits) && decays.every((of) => of?.every(isDecay) ?? true));
  const output = nodes.filter(isLayer).at(-1) as IntegerLayer;
  return {
    inputs,
    outputs: output.filters * output.places,
    steps,
    statistic: atMost(FIRST, statistic),
    maxState: 2 ** (bits - 1) - 1,
    nodes,
    isReadout: output.kind === LEAKY,
  };
}

function parseNode(reader: Reader): IntegerNode {
  const kind = reader.word();
  return kind === 0 ? parseLayer(reader) : parsePool(reader, kind);
}

function parseLayer(reader: Reader): IntegerLayer {
  const [filters, places, kind, reset, refractory, rows, weightShift, currentShift] = reader.words(8) as Eight;
  const constants = Array.from({ length: kind === ALIF ? 5 : kind === LEAKY ? 2 : 3 }, () => reader.array(Int32Array, rows));
  const bias = reader.array(Int32Array, filters);
  return {
    filters,
    places,
    kind,
    reset,
    refractory,
    weightFactor: 2 ** atMost(MAX_SHIFT, weightShift),
    currentDivisor: 2 ** atMost(MAX_SHIFT, currentShift),
    constants,
    bias,
    connections: Array.from({ length: reader.word() }, () => parseInput(reader, filters, filters * places)),
  };
}

function parseInput(reader: Reader, filters: number, units: number): IntegerInput {
  const sources = parseSources(reader);
  return { sources, ...parseWiring(reader, filters, units, (_, length) => reader.array(Int8Array, length)) };
}
