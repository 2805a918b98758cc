/** What units send at a step. */
export interface Events {
  units: number[];
  /** Value of each; empty: all are 1. */
  values: number[];
}

/** Appends an event; a list has values as soon as one of its events has another than 1. */
export function append({ units, values }: Events, unit: number, value: number): void {
  if (value !== 1 || values.length > 0) {
    while (values.length < units.length) values.push(1);
    values.push(value);
  }
  units.push(unit);
}

/** Calls back with each event and its value. */
export function each({ units, values }: Events, take: (unit: number, value: number) => void): void {
  for (let k = 0; k < units.length; k++) take(units[k] as number, values[k] ?? 1);
}

export function clear({ units, values }: Events): void {
  units.length = 0;
  values.length = 0;
}

/** All that changes while a network runs. */
export class Memory {
  readonly #arrays: Float32Array[] = [];
  readonly #events: Events[] = [];

  floats(length: number): Float32Array {
    const array = new Float32Array(length);
    this.#arrays.push(array);
    return array;
  }

  events(): Events {
    const events = { units: [], values: [] };
    this.#events.push(events);
    return events;
  }

  /** Makes everything as it was. */
  clear(): void {
    for (const array of this.#arrays) array.fill(0);
    this.#events.forEach(clear);
  }
}
