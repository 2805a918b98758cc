import { closest } from "../closest.js";
import { SpikeletError } from "../errors.js";
import type { KernelDescription, KernelParameter } from "../runtime/kernels.js";

/** Values of a kernel's parameters by name. */
export type Shape = Record<string, number>;

/** The standard shape, then each parameter varied alone. */
export function gridOf({ parameters }: KernelDescription): Shape[] {
  const standard = standardOf(parameters);
  return [standard, ...parameters.flatMap(({ name, others }) => others.map((value) => ({ ...standard, [name]: value })))];
}

/**
 * Every combination of the values given, with all other parameters at their standard. A kernel ignores parameters that it does not have.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for a value out of range.
 */
export function shapesOf({ parameters }: KernelDescription, given: Readonly<Record<string, readonly number[]>>): Shape[] {
  let shapes = [standardOf(parameters)];
  for (const parameter of parameters) {
    const values = given[parameter.name];
    if (values === undefined) continue;
    for (const value of values) checkValue(parameter, value);
    shapes = shapes.flatMap((shape) => values.map((value) => ({ ...shape, [parameter.name]: value })));
  }
  return shapes;
}

export function valuesOf({ parameters }: KernelDescription, shape: Shape): number[] {
  return parameters.map(({ name, standard }) => shape[name] ?? standard);
}

/**
 * Kernels by name; all of them where no name is given.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for a name that none has.
 */
export function kernelsOf(catalogue: readonly KernelDescription[], names: readonly string[]): KernelDescription[] {
  const known = catalogue.filter(({ isCeiling }) => !isCeiling);
  if (names.length === 0) return known;
  return names.map((name) => {
    const found = known.find((kernel) => kernel.name === name);
    if (found !== undefined) return found;
    const all = known.map((kernel) => kernel.name);
    const near = closest(name, all);
    const hint = near === undefined ? `there are ${all.join(", ")}` : `did you mean ${near}?`;
    throw new SpikeletError("CONFIG_INVALID", "kernel", `"${name}" is no kernel: ${hint}`);
  });
}

function standardOf(parameters: readonly KernelParameter[]): Shape {
  return Object.fromEntries(parameters.map(({ name, standard }) => [name, standard]));
}

function checkValue({ name, min, max, multiple }: KernelParameter, value: number): void {
  const isMultiple = multiple === 0 || value % multiple === 0;
  if (isMultiple && value >= min && value <= max) return;
  const kind = multiple === 0 ? "a number" : multiple === 1 ? "a whole number" : `a multiple of ${multiple}`;
  throw new SpikeletError("CONFIG_INVALID", name, `must be ${kind} from ${min} to ${max}, got ${value}`);
}
