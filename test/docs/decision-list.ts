/** Something to choose, and what may be chosen. */
export interface Question {
  name: string;
  answers: readonly string[];
}

/** An answer to each question. */
export type Choice = readonly string[];

/** The first row that fits a choice has its result. */
export interface DecisionList {
  /** Cells as text: empty for any answer. */
  rows: { answers: string[]; result: string }[];
  asked: number;
  taken: number;
}

/** Choices with the same result: some answers of each question, by their indices. */
type Box = Set<number>[];

/** Questions under way: an answer by itself is mostly waiting for another thread. */
const AT_ONCE = 64;

/**
 * Asks for the result of every choice and says all those that are not "" in few rows. A choice without a result fits anywhere.
 *
 * Results are listed in the order in which they need the fewest boxes, where a box may hold choices of rows above it.
 */
export async function decisionList(
  questions: readonly Question[],
  ask: (choice: Choice) => Promise<string | undefined>,
): Promise<DecisionList> {
  const space = new Space(questions.map(({ answers }) => answers.length));
  const results: (string | undefined)[] = [];
  const choice = (place: number) => space.indices(place).map((index, question) => questions[question]?.answers[index] as string);
  while (results.length < space.size) {
    const count = Math.min(AT_ONCE, space.size - results.length);
    results.push(...(await Promise.all(Array.from({ length: count }, (_, k) => ask(choice(results.length + k))))));
  }
  const left = new Set(results.filter((result) => result !== undefined && result !== ""));
  const above = new Set<string | undefined>([undefined]);
  const rows: DecisionList["rows"] = [];
  while (left.size > 0) {
    const covers = [...left].map((result) => ({
      result: result as string,
      boxes: space.cover(results, result as string, above),
    }));
    const { result, boxes } = covers.reduce((best, next) => (next.boxes.length < best.boxes.length ? next : best));
    for (const box of boxes) rows.push({ answers: box.map((indices, k) => cell(questions[k] as Question, indices)), result });
    left.delete(result);
    above.add(result);
  }
  return {
    rows,
    asked: results.filter((result) => result !== undefined).length,
    taken: results.filter((result) => result === "").length,
  };
}

/** All choices, numbered. */
class Space {
  readonly size: number;
  readonly #lengths: readonly number[];

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
    this.size = lengths.reduce((product, length) => product * length, 1);
  }

  indices(place: number): number[] {
    let rest = place;
    const indices: number[] = [];
    for (const length of this.#lengths.toReversed()) {
      indices.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return indices;
  }

  /** Boxes that hold every choice with a result, and besides these none but with results of `above`. */
  cover(results: readonly (string | undefined)[], result: string, above: ReadonlySet<string | undefined>): Box[] {
    const fits = (place: number) => results[place] === result || above.has(results[place]);
    const boxes: Box[] = [];
    const left = new Set(results.flatMap((found, place) => (found === result ? [place] : [])));
    const count = (box: Box) => this.#places(box).filter((place) => left.has(place)).length;
    for (const place of left) {
      const tried = this.#lengths.map((_, first) => this.#widest(place, first, fits));
      const [box] = tried.map((box) => [box, count(box)] as const).reduce((best, next) => (next[1] > best[1] ? next : best));
      boxes.push(this.#trimmed(box, (place) => results[place] === result));
      for (const within of this.#places(box)) left.delete(within);
    }
    return boxes;
  }

  /** A box around a choice that no further answer fits into, tried from the question `first` on. */
  #widest(place: number, first: number, fits: (place: number) => boolean): Box {
    const box = this.indices(place).map((index) => new Set([index]));
    for (let step = 0; step < this.#lengths.length; step++) {
      const question = (first + step) % this.#lengths.length;
      for (let index = 0; index < (this.#lengths[question] ?? 0); index++) {
        if (this.#all(box.with(question, new Set([index])), fits)) box[question]?.add(index);
      }
    }
    return box;
  }

  /** The box without answers that only rows above have, but where it has every answer. */
  #trimmed(box: Box, isOwn: (place: number) => boolean): Box {
    return box.map((indices, question) => {
      if (indices.size === this.#lengths[question]) return indices;
      const isNeeded = (index: number) => !this.#all(box.with(question, new Set([index])), (place) => !isOwn(place));
      return new Set([...indices].filter(isNeeded));
    });
  }

  /** Whether every place of a box fits, looked at as far as the first that does not. */
  #all(box: Box, fits: (place: number) => boolean, question = 0, place = 0): boolean {
    const indices = box[question];
    if (indices === undefined) return fits(place);
    for (const index of indices) {
      if (!this.#all(box, fits, question + 1, place * (this.#lengths[question] ?? 1) + index)) return false;
    }
    return true;
  }

  #places(box: Box): number[] {
    return box.reduce<number[]>(
      (places, indices, question) =>
        places.flatMap((place) => [...indices].map((index) => place * (this.#lengths[question] ?? 1) + index)),
      [0],
    );
  }
}

function cell({ answers }: Question, indices: ReadonlySet<number>): string {
  const [inside, outside] = [true, false].map((isIn) =>
    answers.filter((_, k) => indices.has(k) === isIn).map((answer) => `\`${answer}\``),
  );
  if (outside?.length === 0) return "";
  return outside !== undefined && inside !== undefined && outside.length < inside.length
    ? `¬ ${outside.join("; ")}`
    : (inside?.join("; ") ?? "");
}
