import type { Draft } from "./draft.js";
import type { CLayer } from "./network.js";
import type { Lines } from "./text.js";

/** What the units of a layer compute. */
export interface Neuron {
  /** Name for people. */
  name: string;
  fires: boolean;
  /** Statements before the loop over the units. */
  before(draft: Draft, layer: CLayer): Lines;
  /**
   * Statements of that loop for the unit at position `k`, at which `s->arriving[k]` arrives, which is 0 afterwards; one that fires does
   * `fire`. `channel` is an expression of the number of its constants.
   */
  update(draft: Draft, layer: CLayer, channel: string, fire: Lines): Lines;
}
