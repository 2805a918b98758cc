// How near is near enough (README.md): counts and decisions exactly, arrays within 1e-4 of their largest value.

/** max|difference| / max|value| that an array may have. */
export const TOLERANCE = 1e-4;
/** max|value| of an array that should be all zero. */
export const FLOOR = 1e-12;

/**
 * Decisions of a file; where no output fires there is none (spec 25.1), in whose place older files have 0.
 *
 * @param {readonly number[]} decisions
 * @param {(sample: number) => boolean} isSilent
 */
export function decided(decisions, isSilent) {
  return decisions.map((output, sample) => (isSilent(sample) ? -1 : output));
}

/** Gathers what differs, one line each. */
export class Findings {
  /** @type {string[]} */
  lines = [];

  /**
   * Compares real numbers as one array.
   *
   * @param {string} name
   * @param {ArrayLike<number>} actual
   * @param {ArrayLike<number>} expected
   * @param {number} tolerance
   */
  near(name, actual, expected, tolerance = TOLERANCE) {
    if (actual.length !== expected.length) {
      this.lines.push(`${name}: ${actual.length} values instead of ${expected.length}`);
      return;
    }
    let [difference, largest, worst] = [0, 0, 0];
    for (let k = 0; k < expected.length; k++) {
      const [have, want] = [Number(actual[k]), Number(expected[k])];
      const off = Number.isFinite(have) ? Math.abs(have - want) : Number.POSITIVE_INFINITY;
      if (off > difference) [difference, worst] = [off, k];
      largest = Math.max(largest, Math.abs(want));
    }
    if (difference <= Math.max(largest * tolerance, FLOOR)) return;
    const ratio = (difference / largest).toExponential(2);
    this.lines.push(`${name}[${worst}]: ${actual[worst]} instead of ${expected[worst]}, off by ${ratio} of the largest value`);
  }

  /**
   * Compares whole numbers, lists of them and lists of lists.
   *
   * @param {string} name
   * @param {unknown} actual
   * @param {unknown} expected
   */
  same(name, actual, expected) {
    const [have, want] = [JSON.stringify(plain(actual)), JSON.stringify(plain(expected))];
    if (have !== want) this.lines.push(`${name}: ${shortened(have)} instead of ${shortened(want)}`);
  }
}

/** @param {unknown} value */
function plain(value) {
  return ArrayBuffer.isView(value) ? Array.from(/** @type {Uint32Array} */ (value)) : value;
}

/** @param {string} text */
function shortened(text) {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/**
 * Events in the order of the files.
 *
 * @param {Iterable<number[]>} events
 */
export function sorted(events) {
  return [...events].sort((a, b) => {
    for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return Number(a[k]) - Number(b[k]);
    return 0;
  });
}
