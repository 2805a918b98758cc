import type { CoreEvent } from "../events.js";

/**
 * How much the core may do in one call without passing the end of an epoch, so that whoever gets `epochEnd` finds the
 * trainer in the state that it reports.
 */
export class EpochBound {
  #batches = 1;
  #left = 1;

  /** Pieces of work up to the next end; 1 while it is not known. */
  get left(): number {
    return this.#left;
  }

  /** Takes notice of the events of one call that asked for `pieces` pieces. */
  saw(events: readonly CoreEvent[], pieces: number): void {
    const last = events.at(-1);
    switch (last?.type) {
      case "step":
        this.#batches = last.batches;
        // At the last batch a validation pass may follow, in pieces of unknown size.
        this.#left = Math.max(1, last.batches - last.batch);
        break;
      case "validation":
        this.#left = Math.max(1, Math.ceil((last.samples - last.samplesDone) / pieceSize(events, last.samplesDone, pieces)));
        break;
      default:
        this.#left = this.#batches;
    }
  }
}

function pieceSize(events: readonly CoreEvent[], done: number, pieces: number): number {
  const passes = events.filter((event) => event.type === "validation");
  const before = passes.at(-2)?.samplesDone;
  return before === undefined ? Math.ceil(done / pieces) : done - before;
}
