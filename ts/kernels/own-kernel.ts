import { SpikeletError } from "../errors.js";
import type { CaseDescription, KernelArray, KernelCase } from "../runtime/kernels.js";
import type { Shape } from "./grid.js";
import type { Timed } from "./turns.js";

/** An array of a case, as an own kernel gets it. */
export type KernelNumbers = Float32Array | Uint16Array | Uint32Array | BigUint64Array;

/** An own kernel in JavaScript: fills the outputs from the inputs. */
export type KernelFunction = (arrays: Record<string, KernelNumbers>, numbers: Record<string, number>) => void;

/** An own kernel for one case: what is timed, and what it left in the outputs, which start as those of the library's kernel. */
export interface OwnCase {
  run: Timed;
  restart(): void;
  outputs(): KernelNumbers[];
}

/** Own kernels by the name of the library's kernel that they take the place of. */
export interface OwnKernels {
  /** What lines call them. */
  name: string;
  has(kernel: string): boolean;
  open(kernel: string, shape: Shape, of: KernelCase): OwnCase;
}

const ARRAYS = { f32: Float32Array, u16: Uint16Array, u32: Uint32Array, u64: BigUint64Array };

/** Own kernels among the exports of an ES module: functions whose names are those of kernels in camel case. */
export function javaScriptKernels(name: string, module: Readonly<Record<string, unknown>>): OwnKernels {
  const find = (kernel: string) => module[kernel.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  return {
    name,
    has: (kernel) => typeof find(kernel) === "function",
    open: (kernel, shape, of) => {
      const kernelFunction = find(kernel) as KernelFunction;
      const description = of.describe();
      const all = [...description.inputs, ...description.outputs];
      const numbers = { ...shape, ...Object.fromEntries(description.constants) };
      const bytes = [...of.inputs(), ...of.outputs()];
      const arrays = Object.fromEntries(all.map((array, index) => [array.name, numbersOf(array, bytes[index])]));
      const start = description.outputs.map(({ name }) => arrays[name]?.slice());
      return {
        run: (times) => {
          for (let time = 0; time < times; time++) kernelFunction(arrays, numbers);
        },
        restart: () => {
          for (const [index, { name }] of description.outputs.entries()) copy(start[index], arrays[name]);
        },
        outputs: () => description.outputs.map(({ name }) => arrays[name] as KernelNumbers),
      };
    },
  };
}

/** Raw exports of an own WebAssembly module. */
interface OwnExports {
  memory: WebAssembly.Memory;
  /** Address of so many bytes, a multiple of 16. */
  allocate(bytes: number): number;
}

/**
 * Own kernels among the exports of a WebAssembly module: functions whose names are those of kernels with `_` for `-`. They take the
 * values of the parameters, then the constants, then the addresses of inputs and outputs, each in the order of the case's description.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a module without `memory` and `allocate`, or one that imports anything.
 */
export async function wasmKernelsOf(name: string, code: Uint8Array<ArrayBuffer>): Promise<OwnKernels> {
  const exports = await exportsOf(code);
  const find = (kernel: string) => exports[kernel.replaceAll("-", "_")];
  return {
    name,
    has: (kernel) => typeof find(kernel) === "function",
    open: (kernel, shape, of) => ownCase(exports, find(kernel) as (...numbers: number[]) => void, shape, of),
  };
}

async function exportsOf(code: Uint8Array<ArrayBuffer>): Promise<OwnExports & Record<string, unknown>> {
  let exports: Record<string, unknown>;
  try {
    exports = (await WebAssembly.instantiate(code, {})).instance.exports;
  } catch (thrown) {
    throw new SpikeletError("DATA_FORMAT", "own", `must be a WebAssembly module without imports: ${String(thrown)}`, thrown);
  }
  if (exports.memory instanceof WebAssembly.Memory && typeof exports.allocate === "function") {
    return exports as unknown as OwnExports & Record<string, unknown>;
  }
  throw new SpikeletError("DATA_FORMAT", "own", "must export memory and allocate(bytes)");
}

function ownCase(exports: OwnExports, kernel: (...numbers: number[]) => void, shape: Shape, of: KernelCase): OwnCase {
  const { constants, outputs } = of.describe();
  const place = (bytes: Uint8Array) => {
    const address = exports.allocate(bytes.length);
    new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
    return address;
  };
  const start = of.outputs();
  const addresses = { inputs: of.inputs().map(place), outputs: start.map(place) };
  const values = [...Object.values(shape), ...constants.map(([, value]) => value)];
  const given = [...values, ...addresses.inputs, ...addresses.outputs];
  return {
    run: (times) => {
      for (let time = 0; time < times; time++) kernel(...given);
    },
    restart: () => {
      for (const [index, bytes] of start.entries()) {
        new Uint8Array(exports.memory.buffer, addresses.outputs[index] ?? 0, bytes.length).set(bytes);
      }
    },
    outputs: () =>
      outputs.map((array, index) => {
        const bytes = new Uint8Array(exports.memory.buffer, addresses.outputs[index] ?? 0, start[index]?.length ?? 0);
        return numbersOf(array, bytes);
      }),
  };
}

/** A copy of bytes as numbers. */
function numbersOf({ type }: KernelArray, bytes: Uint8Array | undefined): KernelNumbers {
  return new ARRAYS[type](Uint8Array.from(bytes ?? []).buffer);
}

function copy(from: KernelNumbers | undefined, to: KernelNumbers | undefined): void {
  // Both are of one type.
  (to as Float32Array | undefined)?.set(from as Float32Array);
}

/**
 * Compares what an own kernel computes with the plain twin.
 *
 * @param tolerance largest difference over the greatest magnitude in an array; 0: the bits must be those of the twin.
 * @throws {SpikeletError} `DATA_FORMAT` with the first number that differs.
 */
export function checkOwn(kernel: string, own: OwnCase, of: KernelCase, tolerance: number): void {
  own.restart();
  own.run(1);
  const { outputs }: CaseDescription = of.describe();
  const expected = of.expected();
  for (const [index, array] of outputs.entries()) {
    const twin = numbersOf(array, expected[index]);
    const found = own.outputs()[index] ?? new Float32Array();
    const place = firstDifference(found, twin, tolerance);
    if (place === undefined) continue;
    const wanted = tolerance > 0 ? `within ${tolerance} of the greatest magnitude` : "to the bit";
    const message = `${array.name}[${place}] must be ${String(twin[place])} ${wanted}, got ${String(found[place])}`;
    throw new SpikeletError("DATA_FORMAT", `own ${kernel}`, message);
  }
  own.restart();
}

function firstDifference(found: KernelNumbers, twin: KernelNumbers, tolerance: number): number | undefined {
  const isFloat = found instanceof Float32Array && twin instanceof Float32Array;
  const bound = isFloat && tolerance > 0 ? tolerance * twin.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0;
  for (let place = 0; place < twin.length; place++) {
    const [a, b] = [found[place], twin[place]];
    if (Object.is(a, b)) continue;
    if (isFloat && Math.abs(Number(a) - Number(b)) <= bound && bound > 0) continue;
    return place;
  }
  return undefined;
}
