import type { Sight } from "../sight.js";
import { Canvas } from "./canvas.js";
import { colours, css, onColours } from "./colours.js";
import type { Connection } from "./connections.js";
import type { Tile } from "./layout.js";
import { curveOf } from "./network-drawing.js";

/** Steps for which a unit glows after a spike, and for which a spike is under way beside its delay. */
const [GLOW, TRAVEL] = [3, 2];
/** Strength of a connection from which spikes are seen on it. */
const MIN = 0.3;

export interface Places {
  readonly tiles: readonly (readonly Tile[])[];
  readonly connections: readonly Connection[];
}

/** What moves over the drawing of the network: units that have just fired, spikes under way, membranes that rise. */
export class SpikesDrawing {
  readonly #canvas: Canvas;
  readonly #places: Places;
  #sight: Sight | undefined;
  #time = 0;

  constructor(element: HTMLCanvasElement, places: Places) {
    this.#places = places;
    this.#canvas = new Canvas(element, () => this.#draw());
    onColours(() => this.#draw());
  }

  show(sight: Sight | undefined): void {
    this.#sight = sight;
    this.#draw();
  }

  /** @param time in steps, with fractions. */
  seek(time: number): void {
    this.#time = time;
    this.#draw();
  }

  #draw(): void {
    if (this.#canvas.width === 0) return;
    const context = this.#canvas.cleared();
    const { tiles, connections } = this.#places;
    if (this.#sight === undefined || tiles.length !== this.#sight.layers.length) return;
    const recent = this.#sight.layers.map((spikes) => spikes.within(this.#time - 30, this.#time));
    this.#drawMembranes(context, this.#sight);
    for (const connection of connections) {
      if (Math.abs(connection.strength) < MIN) continue;
      for (const step of recent[connection.layer]?.get(connection.from) ?? [])
        this.#drawPulse(context, connection, this.#time - step);
    }
    for (const [layer, spikes] of recent.entries()) {
      for (const [unit, steps] of spikes) {
        const tile = tiles[layer]?.[unit];
        const age = this.#time - Math.max(...steps);
        if (tile !== undefined && age < GLOW) this.#drawGlow(context, tile, 1 - age / GLOW);
      }
    }
  }

  /** Draws a bar at the left of each unit: its membrane. */
  #drawMembranes(context: CanvasRenderingContext2D, sight: Sight): void {
    const { ink, muted } = colours();
    for (const [layer, tiles] of this.#places.tiles.entries()) {
      if (layer === 0) continue;
      for (const { unit, x, y, size } of tiles) {
        const level = sight.levelOf(layer, unit, Math.floor(this.#time));
        const left = x - size / 2 - 5;
        context.fillStyle = css(muted, 0.25);
        context.fillRect(left, y - size / 2, 3, size);
        context.fillStyle = css(ink, 0.8);
        context.fillRect(left, y + size / 2 - level * size, 3, level * size);
      }
    }
  }

  #drawPulse(context: CanvasRenderingContext2D, connection: Connection, age: number): void {
    const share = age / (TRAVEL + connection.delay);
    if (share <= 0 || share >= 1) return;
    const curve = curveOf(connection, this.#places.tiles);
    if (curve === undefined) return;
    const [x, y, bend, endX, endY] = curve;
    const rest = 1 - share;
    const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * share, 3 * rest * share ** 2, share ** 3];
    const { inhibition, spike } = colours();
    context.fillStyle = css(connection.strength > 0 ? spike : inhibition, 0.9);
    context.beginPath();
    context.arc(
      a * x + (b + c) * bend + d * endX,
      (a + b) * y + (c + d) * endY,
      1 + 2 * Math.abs(connection.strength),
      0,
      2 * Math.PI,
    );
    context.fill();
  }

  #drawGlow(context: CanvasRenderingContext2D, { x, y, size }: Tile, strength: number): void {
    const { spike } = colours();
    const reach = size / 2 + 2;
    context.strokeStyle = css(spike, strength);
    context.lineWidth = 2 + 2 * strength;
    context.strokeRect(x - reach, y - reach, 2 * reach, 2 * reach);
    context.fillStyle = css(spike, 0.35 * strength);
    context.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
  }
}
