/** Events of an event camera, one entry each. */
export interface CameraEvents {
  /** Microseconds. */
  times: Float64Array;
  /** Column, from the left. */
  x: Uint16Array;
  /** Row, from the top. */
  y: Uint16Array;
  /** 1 where it became brighter, 0 where darker. */
  polarities: Uint8Array;
}

/** Events as they are read, in arrays that grow. */
export class EventList {
  #length = 0;
  #times = new Float64Array(1024);
  #x = new Uint16Array(1024);
  #y = new Uint16Array(1024);
  #polarities = new Uint8Array(1024);

  add(time: number, x: number, y: number, polarity: number): void {
    if (this.#length === this.#times.length) this.#grow();
    this.#times[this.#length] = time;
    this.#x[this.#length] = x;
    this.#y[this.#length] = y;
    this.#polarities[this.#length] = polarity;
    this.#length += 1;
  }

  /** All events so far. */
  taken(): CameraEvents {
    const end = this.#length;
    return {
      times: this.#times.slice(0, end),
      x: this.#x.slice(0, end),
      y: this.#y.slice(0, end),
      polarities: this.#polarities.slice(0, end),
    };
  }

  #grow(): void {
    const room = 2 * this.#length;
    const [times, x, y, polarities] = [
      new Float64Array(room),
      new Uint16Array(room),
      new Uint16Array(room),
      new Uint8Array(room),
    ];
    times.set(this.#times);
    x.set(this.#x);
    y.set(this.#y);
    polarities.set(this.#polarities);
    [this.#times, this.#x, this.#y, this.#polarities] = [times, x, y, polarities];
  }
}
