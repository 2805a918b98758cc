import { encoderOf } from "../input/encoders.js";
import type { Snapshot } from "../learner.js";
import { SIDE } from "../problem.js";
import { Canvas } from "./canvas.js";
import { type Colour, colours, css, onColours } from "./colours.js";
import { type Connection, connectionsOf } from "./connections.js";
import { activityOf, inputsOf, shadeImages, sharesOf } from "./field.js";
import { type Tile, tilesOf } from "./layout.js";
import { outline } from "./mark.js";

/** The network as it is: every unit with a small map of where it fires, and the stronger connections. */
export class NetworkDrawing {
  readonly #canvas: Canvas;
  readonly #onLayout: () => void;
  #snapshot: Snapshot | undefined;
  #tiles: Tile[][] = [];
  #connections: Connection[] = [];
  readonly #font = `12px ${getComputedStyle(document.body).fontFamily}`;
  #chosen: { layer: number; unit: number } | undefined;
  /** Maps of the inputs, which do not change. */
  #inputs: { of: string; values: Float32Array } = { of: "", values: new Float32Array() };

  /** @param laidOut called when units have other places, or there are other connections. */
  constructor(element: HTMLCanvasElement, laidOut: () => void) {
    this.#onLayout = laidOut;
    this.#canvas = new Canvas(element, () => this.#layOut());
    onColours(() => this.#draw());
  }

  /** Units by layer, from the input. */
  get tiles(): readonly (readonly Tile[])[] {
    return this.#tiles;
  }

  get connections(): readonly Connection[] {
    return this.#connections;
  }

  show(snapshot: Snapshot): void {
    const { lesson, parameters } = snapshot;
    const isNew = this.#snapshot?.lesson !== lesson;
    this.#snapshot = snapshot;
    this.#connections = connectionsOf(parameters);
    if (isNew) this.#layOut();
    else this.#draw();
  }

  /** Puts a frame around a unit; layers count from the input, which is 0. */
  choose(layer: number, unit: number): void {
    this.#chosen = { layer, unit };
    this.#draw();
  }

  /** The hidden unit or output at a place of the canvas. */
  unitAt(x: number, y: number): Tile | undefined {
    const reach = (tile: Tile) => Math.max(12, tile.size / 2 + 3);
    return this.#tiles
      .slice(1)
      .flat()
      .find((tile) => Math.abs(tile.x - x) < reach(tile) && Math.abs(tile.y - y) < tile.size / 2 + 3);
  }

  #layOut(): void {
    if (this.#snapshot === undefined || this.#canvas.width === 0) return;
    const { parameters } = this.#snapshot;
    const [first] = parameters;
    const inputs = (first?.weights.length ?? 0) / (first?.biases.length ?? 1);
    const sizes = [inputs, ...parameters.map(({ biases }) => biases.length)];
    this.#tiles = tilesOf(sizes, this.#canvas.width, this.#canvas.height);
    this.#draw();
    this.#onLayout();
  }

  #draw(): void {
    if (this.#snapshot === undefined || this.#tiles.length === 0) return;
    const context = this.#canvas.cleared();
    this.#drawConnections(context);
    this.#drawWords(context);
    for (const [layer, tiles] of this.#tiles.entries()) {
      const image = shadeImages(this.#mapsOf(layer, tiles.length), (unit) => this.#colourOf(layer, unit));
      const maps = new OffscreenCanvas(image.width, image.height);
      maps.getContext("2d")?.putImageData(image, 0, 0);
      for (const tile of tiles) this.#drawTile(context, tile, maps);
    }
  }

  #colourOf(layer: number, unit: number): Colour {
    const { classes, ink, muted } = colours();
    if (layer === 0) return muted;
    return layer === this.#tiles.length - 1 ? (classes[unit] ?? ink) : ink;
  }

  #drawConnections(context: CanvasRenderingContext2D): void {
    const { inhibition, ink } = colours();
    for (const connection of this.#connections) {
      const strength = Math.abs(connection.strength);
      context.strokeStyle = css(connection.strength > 0 ? ink : inhibition, 0.06 + 0.5 * strength * strength);
      context.lineWidth = 0.6 + 1.8 * strength;
      context.beginPath();
      trace(context, connection, this.#tiles);
      context.stroke();
    }
  }

  #drawWords(context: CanvasRenderingContext2D): void {
    const last = this.#tiles.length - 1;
    context.fillStyle = css(colours().muted);
    context.font = this.#font;
    for (const [layer, [tile]] of this.#tiles.entries()) {
      if (tile === undefined) continue;
      const words = layer === 0 ? "Input" : layer === last ? "Output" : last === 2 ? "Hidden units" : `Hidden ${layer}`;
      context.textAlign = layer === 0 ? "left" : layer === last ? "right" : "center";
      const x = layer === 0 ? tile.x - tile.size / 2 : layer === last ? tile.x + tile.size / 2 : tile.x;
      context.fillText(words, x, 12);
    }
  }

  /** What the map of each unit shows, `[unit][place]`. */
  #mapsOf(layer: number, units: number): Float32Array {
    const { lesson, map } = this.#snapshot as Snapshot;
    if (layer === 0) {
      const { input, steps } = lesson.settings;
      if (this.#inputs.of !== input) this.#inputs = { of: input, values: inputsOf(encoderOf(input, steps).valuesOf) };
      return this.#inputs.values;
    }
    if (layer < this.#tiles.length - 1) return activityOf(map, layer - 1, units);
    const shares = sharesOf(map, units);
    return Float32Array.from(shares, (_, k) => shares[(k % (SIDE * SIDE)) * units + Math.floor(k / (SIDE * SIDE))] ?? 0);
  }

  #drawTile(context: CanvasRenderingContext2D, { layer, unit, x, y, size }: Tile, maps: OffscreenCanvas): void {
    const { card, ink, line } = colours();
    const isOutput = layer === this.#tiles.length - 1;
    const colour = this.#colourOf(layer, unit);
    const [left, top] = [x - size / 2, y - size / 2];
    context.drawImage(maps, 0, unit * SIDE, SIDE, SIDE, left, top, size, size);
    const isChosen = this.#chosen?.layer === layer && this.#chosen.unit === unit;
    context.strokeStyle = css(isChosen ? ink : isOutput ? colour : line);
    context.lineWidth = isChosen ? 2.5 : isOutput ? 1.5 : 1;
    context.strokeRect(left, top, size, size);
    if (!isOutput) return;
    context.fillStyle = css(colour);
    context.strokeStyle = css(card);
    context.lineWidth = 1.5;
    context.beginPath();
    outline(context, unit, left + size, top + size, 6);
    context.stroke();
    context.fill();
  }
}

/** Adds the curve of a connection to a path. */
export function trace(context: CanvasRenderingContext2D, connection: Connection, tiles: readonly (readonly Tile[])[]): void {
  const curve = curveOf(connection, tiles);
  if (curve === undefined) return;
  const [x, y, bend, endX, endY] = curve;
  context.moveTo(x, y);
  context.bezierCurveTo(bend, y, bend, endY, endX, endY);
}

/** Start, middle of the bend and end of a connection. */
export function curveOf(
  { layer, from, to }: Connection,
  tiles: readonly (readonly Tile[])[],
): readonly [x: number, y: number, bend: number, endX: number, endY: number] | undefined {
  const [start, end] = [tiles[layer]?.[from], tiles[layer + 1]?.[to]];
  if (start === undefined || end === undefined) return undefined;
  const [x, endX] = [start.x + start.size / 2, end.x - end.size / 2];
  return [x, start.y, (x + endX) / 2, endX, end.y];
}
