// Hands what a microphone hears to the page, in pieces of some 20 ms, and lets nothing through to the loudspeakers.
const PIECE = 1024;

class Tap extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE);
  #filled = 0;

  process([[sound] = []]) {
    for (const value of sound ?? []) {
      this.#piece[this.#filled++] = value;
      if (this.#filled < PIECE) continue;
      this.port.postMessage(this.#piece, [this.#piece.buffer]);
      this.#piece = new Float32Array(PIECE);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor("tap", Tap);
