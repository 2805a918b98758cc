import {
  ADLIF,
  ALIF,
  type Axis,
  BY_CONNECTION,
  BY_INPUT,
  CONVOLUTION,
  type Connection,
  DECISIONS,
  type DecisionKind,
  type Description,
  EXP_MEAN,
  isLayer,
  type Layer,
  LEAKY,
  type Node,
  ONE_TO_ONE,
  type Pool,
  RESET_SUBTRACT,
  type Source,
  type Window,
} from "./description.js";
import { atMost } from "./errors.js";
import type { TrainedOn } from "./model-file.js";
import type { Reader } from "./reader.js";
import { demandSound } from "./sound.js";
import { parseWeights } from "./weights.js";

type Six = [number, number, number, number, number, number];

/** Reads the section of a network; a `RangeError` says that its contents do not fit each other. */
export function parse(reader: Reader, trainedOn: TrainedOn | undefined): Description {
  const [inputs, steps, endsEarly, refusesValues, decision, statistic] = reader.words(6) as Six;
  const [inverseTemperature, decayRate] = reader.array(Float64Array, 2) as unknown as Six;
  const nodes = Array.from({ length: reader.word() }, () => parseNode(reader));
  demandSound({ inputs, steps, nodes }, { lastKind: ADLIF, lastReset: RESET_SUBTRACT, isWhole: false });
  atMost(DECISIONS.length - 1, decision);
  const output = nodes.filter(isLayer).at(-1) as Layer;
  return {
    inputs,
    outputs: output.filters * output.places,
    steps,
    endsEarly: endsEarly !== 0,
    refusesValues: refusesValues !== 0,
    decision: DECISIONS[decision] as DecisionKind,
    statistic: atMost(EXP_MEAN, statistic),
    inverseTemperature,
    decayRate,
    nodes,
    isReadout: output.kind === LEAKY,
    classes: trainedOn?.classes,
  };
}

function parseNode(reader: Reader): Node {
  const kind = reader.word();
  return kind === 0 ? parseLayer(reader) : parsePool(reader, kind);
}

/** Kind of a node. */
const MAX_POOL = 2;

export function parsePool(reader: Reader, kind: number): Pool {
  return { selects: atMost(MAX_POOL, kind) === MAX_POOL, window: parseWindow(reader), sources: parseSources(reader) };
}

function parseLayer(reader: Reader): Layer {
  const [filters, places, kind, reset, refractory, rows] = reader.words(6) as Six;
  const constants = Array.from({ length: kind === ALIF ? 7 : kind === ADLIF ? 9 : 5 }, () => reader.floats(rows));
  const drives = reader.floats(filters);
  const connections = Array.from({ length: reader.word() }, () => parseConnection(reader, filters, filters * places));
  return { filters, places, kind, reset, refractory, constants, drives, connections };
}

export function parseSources(reader: Reader): Source[] {
  return Array.from({ length: reader.word() }, () => reader.words(3) as Source);
}

export function parseWindow(reader: Reader): Window {
  const [channels, groups] = reader.words(2) as Six;
  return { channels, groups, rows: reader.words(6) as Axis, columns: reader.words(6) as Axis };
}

function parseConnection(reader: Reader, filters: number, units: number): Connection {
  const sources = parseSources(reader);
  const [scale = 0] = reader.floats(1);
  return { sources, scale, ...parseWiring(reader, filters, units, parseWeights) };
}

/** How spikes reach the units of a layer; `weights` reads so many in rows of so many. */
export function parseWiring<Weights>(
  reader: Reader,
  filters: number,
  units: number,
  weights: (reader: Reader, length: number, columns: number) => Weights,
) {
  const [delaysBy, kind, inputs] = reader.words(3) as Six;
  const window = kind === CONVOLUTION ? parseWindow(reader) : undefined;
  const taps = window && (window.channels / window.groups) * window.rows[2] * window.columns[2];
  const columns = window ? filters : units;
  const length = columns * (kind === ONE_TO_ONE ? 1 : (taps ?? inputs));
  const delays = reader.array(Uint16Array, delaysBy === BY_INPUT ? inputs : delaysBy === BY_CONNECTION ? length : 0);
  return { delaysBy, delays, kind, inputs, window, weights: weights(reader, length, columns) };
}
