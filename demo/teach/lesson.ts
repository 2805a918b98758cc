import { coarse } from "./levels.js";

/** A symbol and how it was drawn. */
export interface Sign {
  /** Stays the same when the name changes. */
  readonly id: number;
  readonly name: string;
  /** Grey values of 28 × 28 pixels, fitted as digits are. */
  readonly drawings: readonly Uint8Array[];
}

/** A symbol as files and addresses hold it. */
export type SignContent = Omit<Sign, "id">;

/** Symbols of a lesson at most: a page trains a small network. */
export const MAX_SIGNS = 12;
/** Letters of a name at most. */
export const MAX_NAME = 20;
/** Changes that can be undone. */
const MAX_UNDO = 100;

/** What a visitor has drawn so far; every change can be undone. */
export class Lesson {
  readonly #onChange: () => void;
  #signs: readonly Sign[];
  #before: (readonly Sign[])[] = [];
  #made = 0;

  constructor(signs: readonly SignContent[], onChange: () => void) {
    this.#signs = this.#numbered(signs);
    this.#onChange = onChange;
  }

  get signs(): readonly Sign[] {
    return this.#signs;
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }

  get canAdd(): boolean {
    return this.#signs.length < MAX_SIGNS;
  }

  /** The symbols that can be learnt. */
  get drawn(): readonly Sign[] {
    return this.#signs.filter(({ drawings }) => drawings.length > 0);
  }

  /** Keeps a drawing of a symbol. */
  keep(id: number, drawing: Uint8Array): void {
    this.#go(this.#changed(id, ({ drawings }) => ({ drawings: [...drawings, drawing] })));
  }

  /** Replaces a drawing to which strokes were added; both are undone at once. */
  redraw(before: Uint8Array, drawing: Uint8Array): void {
    this.#signs = this.#signs.map((sign) =>
      sign.drawings.includes(before) ? { ...sign, drawings: sign.drawings.map((one) => (one === before ? drawing : one)) } : sign,
    );
    this.#onChange();
  }

  drop(drawing: Uint8Array): void {
    this.#go(
      this.#signs.map((sign) =>
        sign.drawings.includes(drawing) ? { ...sign, drawings: sign.drawings.filter((one) => one !== drawing) } : sign,
      ),
    );
  }

  has(drawing: Uint8Array): boolean {
    return this.#signs.some(({ drawings }) => drawings.includes(drawing));
  }

  rename(id: number, name: string): void {
    this.#go(this.#changed(id, () => ({ name })));
  }

  /** Adds a symbol with its drawings and returns its id; `undefined` where there are {@link MAX_SIGNS} of them. */
  add(...drawings: readonly Uint8Array[]): number | undefined {
    if (!this.canAdd) return undefined;
    const id = this.#made++;
    this.#go([...this.#signs, { id, name: this.#freeName(), drawings }]);
    return id;
  }

  remove(id: number): void {
    this.#go(this.#signs.filter((sign) => sign.id !== id));
  }

  /** Replaces all symbols by those of a file or an address. */
  replace(signs: readonly SignContent[]): void {
    this.#go(this.#numbered(signs));
  }

  undo(): void {
    const before = this.#before.pop();
    if (before === undefined) return;
    this.#signs = before;
    this.#onChange();
  }

  #numbered(signs: readonly SignContent[]): Sign[] {
    return signs.map(({ name, drawings }, k) => ({
      id: this.#made++,
      name: name.trim() || `Symbol ${k + 1}`,
      drawings: drawings.map(coarse),
    }));
  }

  #freeName(): string {
    const names = new Set(this.#signs.map(({ name }) => name));
    let number = this.#signs.length + 1;
    while (names.has(`Symbol ${number}`)) number += 1;
    return `Symbol ${number}`;
  }

  #changed(id: number, change: (sign: Sign) => Partial<Sign>): Sign[] {
    return this.#signs.map((sign) => (sign.id === id ? { ...sign, ...change(sign) } : sign));
  }

  #go(signs: readonly Sign[]): void {
    this.#before = [...this.#before, this.#signs].slice(-MAX_UNDO);
    this.#signs = signs;
    this.#onChange();
  }
}
