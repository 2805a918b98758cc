/** A symbol and how it was drawn. */
export interface Sign {
  /** Stays the same when the name changes. */
  readonly id: number;
  readonly name: string;
  /** Grey values of 28 × 28 pixels, fitted as digits are. */
  readonly drawings: readonly Uint8Array[];
}

/** Drawings of each symbol that a lesson asks for. */
export const TAKES = 5;
/** Symbols of a lesson at most: a page trains a small network. */
export const MAX_SIGNS = 12;
/** Letters of a name at most. */
export const MAX_NAME = 20;
/** Changes that can be undone. */
const MAX_UNDO = 100;

interface State {
  readonly signs: readonly Sign[];
  readonly chosen: number;
}

/** What a visitor has drawn so far; every change can be undone. */
export class Lesson {
  readonly #onChange: () => void;
  #state: State = { signs: [], chosen: 0 };
  #before: State[] = [];
  #made = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#state = { signs: [this.#sign(), this.#sign()], chosen: 0 };
  }

  get signs(): readonly Sign[] {
    return this.#state.signs;
  }

  /** The symbol that the next drawing is of. */
  get chosen(): Sign | undefined {
    return this.signs.find(({ id }) => id === this.#state.chosen);
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }

  /** Whether there is enough to learn: two symbols, two drawings of each. */
  get isReady(): boolean {
    return this.signs.length > 1 && this.signs.every(({ drawings }) => drawings.length > 1);
  }

  choose(id: number): void {
    this.#state = { ...this.#state, chosen: id };
    this.#onChange();
  }

  /** Keeps a drawing of the chosen symbol. Once that has all its drawings, the next symbol that lacks some is chosen. */
  keep(drawing: Uint8Array): void {
    const signs = this.#changed(this.#state.chosen, ({ drawings }) => ({ drawings: [...drawings, drawing] }));
    const isDone = (sign: Sign | undefined) => sign !== undefined && sign.drawings.length >= TAKES;
    const next = isDone(signs.find(({ id }) => id === this.#state.chosen)) ? signs.find((sign) => !isDone(sign)) : undefined;
    this.#go({ signs, chosen: next?.id ?? this.#state.chosen });
  }

  drop(id: number, take: number): void {
    this.#go({ signs: this.#changed(id, ({ drawings }) => ({ drawings: drawings.toSpliced(take, 1) })), chosen: id });
  }

  rename(id: number, name: string): void {
    this.#go({ ...this.#state, signs: this.#changed(id, () => ({ name })) });
  }

  add(): void {
    if (this.signs.length >= MAX_SIGNS) return;
    const sign = this.#sign();
    this.#go({ signs: [...this.signs, sign], chosen: sign.id });
  }

  remove(id: number): void {
    const signs = this.signs.filter((sign) => sign.id !== id);
    const isChosenThere = signs.some((sign) => sign.id === this.#state.chosen);
    this.#go({ signs, chosen: isChosenThere ? this.#state.chosen : (signs[0]?.id ?? -1) });
  }

  /** Replaces all symbols by those of a file. */
  replace(classes: readonly Omit<Sign, "id">[]): void {
    const signs = classes.map((sign) => ({ ...sign, id: this.#made++ }));
    this.#go({ signs, chosen: signs[0]?.id ?? -1 });
  }

  undo(): void {
    const before = this.#before.pop();
    if (before === undefined) return;
    this.#state = before;
    this.#onChange();
  }

  #sign(): Sign {
    const id = this.#made++;
    return { id, name: `Symbol ${id + 1}`, drawings: [] };
  }

  #changed(id: number, change: (sign: Sign) => Partial<Sign>): Sign[] {
    return this.signs.map((sign) => (sign.id === id ? { ...sign, ...change(sign) } : sign));
  }

  #go(state: State): void {
    this.#before = [...this.#before, this.#state].slice(-MAX_UNDO);
    this.#state = state;
    this.#onChange();
  }
}
