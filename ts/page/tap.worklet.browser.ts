// Runs in the audio thread, which has no types of its own in TypeScript.
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/** Values of a piece: some 20 ms. */
const PIECE = 1024;

/** Hands what a microphone hears to the page, in pieces, and lets nothing through to the loudspeakers. */
class Tap extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE);
  #filled = 0;

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const [sound] = input ?? [];
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

registerProcessor("spikelet-tap", Tap);
