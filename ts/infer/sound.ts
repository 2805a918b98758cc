import { BY_CONNECTION, BY_INPUT, CONVOLUTION, ONE_TO_ONE, type Pool, type Source, type Window } from "./description.js";
import { MAX_STEPS } from "./spikes.js";

/** States that a file may ask for: units of layers, and of windows as often as these overlap, and sums of what is under way. */
const MAX_STATES = 2 ** 22;
/** A list of events that waits for its step takes as much as so many. */
const SLOT = 12;

/** What has to fit, of networks in floating-point and in whole numbers. */
interface Layer {
  filters: number;
  places: number;
  kind: number;
  reset: number;
  constants: readonly ArrayLike<number>[];
  connections: readonly Wire[];
}

interface Wire {
  sources: readonly Source[];
  kind: number;
  inputs: number;
  delaysBy: number;
  delays: Uint16Array;
  window: Window | undefined;
}

/**
 * Refuses a network whose parts do not fit each other, or that asks for more states than it may have: whatever `crates/infer` refuses.
 *
 * @throws {RangeError}
 */
export function demandSound(
  { inputs, steps, nodes }: { inputs: number; steps: number; nodes: readonly (Pool | Layer)[] },
  { lastKind, lastReset, isWhole }: { lastKind: number; lastReset: number; isWhole: boolean },
): void {
  let room = MAX_STATES;
  const states = (...sizes: number[]) => {
    const product = sizes.reduce((product, size) => product * size, 1);
    demand(product > 0 && product <= room);
    room -= product;
    return product;
  };
  const windowOf = ({ channels, groups, rows, columns }: Window) => {
    for (const [, output, taps, stride] of [rows, columns]) {
      states(output, taps);
      demand(stride > 0);
    }
    demand(channels % groups === 0);
    return states(channels, rows[0], columns[0]);
  };
  const units = [inputs];
  /** Sources of each node with the most units that each may have, and how many events a pool makes of one. */
  const wired: [sources: [number: number, most: number][], copies: number][] = [];
  demand(steps <= MAX_STEPS && nodes.some((node) => "filters" in node));
  nodes.forEach((node, index) => {
    const read: [number, number][] = [];
    const note = (sources: readonly Source[], most: number) => {
      demand(sources.length > 0);
      for (const [number, lag, offset] of sources) {
        demand((lag === 1 || (lag === 0 && number <= index)) && !(isWhole && offset > 0));
        read.push([number, most - offset]);
      }
    };
    if ("window" in node) {
      const { window, sources } = node;
      const { channels, rows, columns } = window;
      const inputs = windowOf(window);
      for (const [input, output, taps, stride, dilation, padding] of [rows, columns])
        demand(dilation === 1 && padding === 0 && (output - 1) * stride + taps <= input);
      const [down, across] = [rows, columns].map(([, , taps, stride]) => Math.ceil(taps / stride)) as [number, number];
      states(inputs, down, across);
      units.push(states(channels, rows[1], columns[1]));
      note(sources, inputs);
      wired.push([read, down * across]);
    } else {
      const { filters, places, kind, reset, constants, connections } = node;
      demand(
        kind <= lastKind && reset <= lastReset && [1, filters].includes(constants[0]?.length as number) && connections.length > 0,
      );
      const own = states(filters, places);
      units.push(own);
      if (4 * steps <= Math.floor(room / 4)) room -= 4 * steps;
      for (const { sources, kind, inputs, delaysBy, delays, window } of connections) {
        note(sources, inputs);
        if (window)
          demand(windowOf(window) === inputs && window.rows[1] * window.columns[1] === places && filters % window.groups === 0);
        demand(kind <= ONE_TO_ONE && (kind !== ONE_TO_ONE || (inputs === own && delaysBy === 0)));
        demand(delaysBy <= (kind === CONVOLUTION ? BY_INPUT : BY_CONNECTION));
        states(1 + delays.reduce((longest, steps) => Math.max(longest, steps), 0), delaysBy === BY_INPUT ? SLOT : own);
      }
      wired.push([read, 0]);
    }
  });
  for (const [read] of wired) for (const [number, most] of read) demand((units[number] as number) <= most);
  demand(staysBelow(wired, room));
}

/** Whether pools make at most `most` events of one that enters the network: pools that feed each other have ever more. */
function staysBelow(wired: readonly (readonly [sources: readonly [number, number][], copies: number])[], most: number): boolean {
  const events = [1, ...wired.map(() => 1)];
  for (const _ of events) {
    const before = events.join();
    for (const [node, [sources, copies]] of wired.entries()) {
      if (copies === 0) continue;
      const sent = copies * sources.reduce((sum, [number]) => sum + (events[number] as number), 0);
      if (sent > most) return false;
      events[node + 1] = sent;
    }
    if (events.join() === before) return true;
  }
  return false;
}

/** @throws {RangeError} where `holds` is false. */
export function demand(holds: boolean): void {
  if (!holds) throw new RangeError("has parts that do not fit each other, or too many states");
}
