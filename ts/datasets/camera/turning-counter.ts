/** Counts a number on that begins again at 0 when it has reached `turn`. */
export class TurningCounter {
  #turns = 0;
  #last = 0;
  readonly #turn: number;

  constructor(turn: number) {
    this.#turn = turn;
  }

  set(value: number): void {
    // Values may come a little late; a fall by half of all values is a new turn.
    if (this.#last - value > this.#turn / 2) this.#turns += 1;
    this.#last = value;
  }

  get value(): number {
    return this.#turns * this.#turn + this.#last;
  }
}
