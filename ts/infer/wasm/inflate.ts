/** Symbols of the lengths of codes, in the order in which a block has them. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Literals and the end of a block have the numbers 0 to 256; then come the lengths of copies. */
const END = 256;

/** Unpacks blocks of DEFLATE (RFC 1951) with codes of their own, which is what a packer makes of a module; it has no other blocks. */
export function inflate(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let at = 0;

  const bits = (count: number): number => {
    let value = 0;
    for (let k = 0; k < count; k++, at++) value |= (((packed[at >> 3] as number) >> (at & 7)) & 1) << k;
    return value;
  };

  /** Reads symbols, whose codes rise with their length, then with their number. */
  const symbols = (lengths: number[]): (() => number) => {
    const byLength = Array.from({ length: 16 }, (_, length) => [...lengths.keys()].filter((k) => lengths[k] === length));
    return () => {
      let code = 0;
      for (let length = 1; ; length++) {
        code = 2 * code + bits(1);
        const found = byLength[length] as number[];
        if (code < found.length) return found[code] as number;
        code -= found.length;
      }
    };
  };

  /** A number in steps that double after every so many: `number` says which, and its last digits follow. */
  const stepped = (number: number, log: number): number => {
    const extra = Math.max(0, (number >> log) - 1);
    return extra === 0 ? number : (((1 << log) + (number & ((1 << log) - 1))) << extra) + bits(extra);
  };

  for (let isLast = 0; isLast === 0; ) {
    isLast = bits(1);
    at += 2;
    const [literals, distances, ofLengths] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const lengthsOfLengths = Array(19).fill(0);
    for (const symbol of ORDER.slice(0, ofLengths)) lengthsOfLengths[symbol] = bits(3);
    const length = symbols(lengthsOfLengths);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = length();
      const times = symbol < 16 ? 1 : symbol === 16 ? 3 + bits(2) : symbol === 17 ? 3 + bits(3) : 11 + bits(7);
      const repeated = symbol < 16 ? symbol : symbol === 16 ? (lengths.at(-1) as number) : 0;
      for (let k = 0; k < times; k++) lengths.push(repeated);
    }
    const [symbol, distance] = [symbols(lengths.slice(0, literals)), symbols(lengths.slice(literals))];
    for (let next = symbol(); next !== END; next = symbol()) {
      if (next < END) {
        bytes.push(next);
        continue;
      }
      // 258 is a symbol of its own.
      const count = next === 285 ? 258 : 3 + stepped(next - 257, 2);
      const back = 1 + stepped(distance(), 1);
      for (let k = 0; k < count; k++) bytes.push(bytes[bytes.length - back] as number);
    }
  }
  return Uint8Array.from(bytes);
}
