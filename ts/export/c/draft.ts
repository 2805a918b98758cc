import { type CNetwork, type CNode, isLayer, type Origin } from "./network.js";
import { type Lines, table } from "./text.js";

/** How a network is written. */
export interface Style {
  /** What names begin with. */
  name: string;
  /** Whether input events have values. */
  values: boolean;
  /** Most input events of a step, where these are kept. */
  maxEvents: number;
}

/** What a source file consists of, while it is written. */
export class Draft {
  readonly network: CNetwork;
  readonly style: Style;
  /** Type of the numbers of units. */
  readonly unit: "uint16_t" | "uint32_t";
  /** Fields of the state. */
  readonly fields: string[] = [];
  readonly tables: Lines[] = [];
  readonly helpers = new Map<string, Lines>();
  /** Whether input events are kept, of which there is a largest number then. */
  keepsInput = false;
  readonly #twice: Set<number>;
  readonly #weighted = new Set<number>();
  readonly #capacities = new Map<number, number>();

  constructor(network: CNetwork, style: Style) {
    this.network = network;
    this.style = style;
    const most = Math.max(network.inputs, ...network.nodes.map(unitsOf));
    this.unit = most <= 0x1_0000 ? "uint16_t" : "uint32_t";
    this.#twice = new Set(network.nodes.flatMap(originsOf).flatMap((origin) => (origin.isBefore ? [origin.number] : [])));
    if (style.values) this.#weighted.add(0);
    for (const node of network.nodes) {
      if (!isLayer(node) && node.origins.some(({ number }) => this.#weighted.has(number))) this.#weighted.add(node.number);
    }
  }

  /** Adds a field to the state, and returns an expression for it. */
  field(type: string, name: string, ...sizes: number[]): string {
    this.fields.push(`${type} ${name}${sizes.map((size) => `[${size}]`).join("")};`);
    return `s->${name}`;
  }

  /** Adds a table of constants, and returns its name. */
  table(type: string, name: string, values: ArrayLike<number>): string {
    this.tables.push(table(type, name, values));
    return name;
  }

  /** A number if all are the same, else an entry of a table of them. */
  constant(type: string, name: string, values: ArrayLike<number>, place: string, literal: (value: number) => string): string {
    const list = Array.from(values);
    const first = list[0] as number;
    if (list.every((value) => Object.is(value, first))) return literal(first);
    return `${this.table(type, name, list)}[${place}]`;
  }

  /** Adds a function once. */
  helper(name: string, lines: () => Lines): string {
    if (!this.helpers.has(name)) this.helpers.set(name, lines());
    return name;
  }

  /** Whether events of a node, or of the input, have values. */
  isWeighted(number: number): boolean {
    return this.#weighted.has(number);
  }

  /** Whether a unit of these may send more than one event a step. */
  mayRepeat(origins: readonly Origin[]): boolean {
    const [first, ...more] = origins;
    if (first === undefined || first.number === 0 || more.length > 0) return true;
    const node = this.#node(first.number);
    return !isLayer(node) && (!node.selects || this.mayRepeat(node.origins));
  }

  /** Most events of a step. */
  capacity(origins: readonly Origin[]): number {
    return origins.reduce((sum, { number }) => sum + this.#capacity(number), 0);
  }

  /** Fields and expressions of the list in which a node sends its events. */
  list(number: number, isBefore = false): { units: string; count: string; values: string } {
    const row = this.#twice.has(number) ? `[${isBefore ? "1 - now" : "now"}]` : "";
    return { units: `s->units${number}${row}`, count: `s->count${number}${row}`, values: `s->values${number}${row}` };
  }

  /** Adds the list in which a node sends its events to the state. */
  addList(number: number): void {
    const twice = this.#twice.has(number) ? [2] : [];
    const capacity = this.#capacity(number);
    this.field(this.unit, `units${number}`, ...twice, capacity);
    if (this.isWeighted(number)) this.field("float", `values${number}`, ...twice, capacity);
    this.field("int32_t", `count${number}`, ...twice);
  }

  /** Which of two lists is that of this step, for functions that use lists of these nodes. */
  now(numbers: readonly number[]): Lines {
    return numbers.some((number) => this.#twice.has(number)) ? ["const int32_t now = s->step % 2;"] : [];
  }

  #node(number: number): CNode {
    return this.network.nodes[number - 1] as CNode;
  }

  #capacity(number: number): number {
    if (number === 0) {
      this.keepsInput = true;
      return this.style.maxEvents;
    }
    const node = this.#node(number);
    if (isLayer(node)) return node.units;
    const known = this.#capacities.get(number);
    if (known !== undefined) return known;
    const { rows, columns } = node.window;
    const events = this.capacity(node.origins) * overlap(rows) * overlap(columns);
    const capacity = this.mayRepeat([{ number, isBefore: false, offset: 0 }]) ? events : Math.min(events, unitsOf(node));
    this.#capacities.set(number, capacity);
    return capacity;
  }
}

/** Windows of an axis that may overlap at a place. */
export function overlap([, , taps, stride]: readonly number[]): number {
  return Math.ceil((taps as number) / (stride as number));
}

export function originsOf(node: CNode): Origin[] {
  return isLayer(node) ? node.connections.flatMap(({ origins }) => origins) : node.origins;
}

function unitsOf(node: CNode): number {
  if (isLayer(node)) return node.units;
  const { channels, rows, columns } = node.window;
  return channels * rows[1] * columns[1];
}
