const left = new FinalizationRegistry<AsyncGenerator<unknown, unknown, undefined>>((generator) => {
  // Nobody is there to hear how it ends.
  generator.return(undefined).catch(() => undefined);
});

/** Returns an iterator over a generator, which is ended when the iterator is collected before its end. */
export function endWhenCollected<T>(generator: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  const iterator = new LeftIterator(generator);
  left.register(iterator, generator);
  return iterator;
}

/** An iterator that the generator behind it does not refer to. */
class LeftIterator<T> implements AsyncGenerator<T, void, undefined> {
  readonly #generator: AsyncGenerator<T, void, undefined>;

  constructor(generator: AsyncGenerator<T, void, undefined>) {
    this.#generator = generator;
  }

  next(): Promise<IteratorResult<T, void>> {
    return this.#generator.next();
  }

  return(): Promise<IteratorResult<T, void>> {
    return this.#generator.return();
  }

  throw(thrown: unknown): Promise<IteratorResult<T, void>> {
    return this.#generator.throw(thrown);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#generator.return();
  }
}
