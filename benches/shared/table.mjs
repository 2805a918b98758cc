// Markdown tables.

/** @param {string[]} heads @param {(string | number)[][]} rows numbers are grouped and stand on the right */
export function table(heads, rows) {
  const isNumber = heads.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  return [
    line(heads),
    line(isNumber.map((number) => (number ? "---:" : "---"))),
    ...rows.map((row) => line(row.map((cell) => (typeof cell === "number" ? grouped(cell) : cell)))),
    "",
  ];
}

/** A number as people read it, with three digits at least. */
export function grouped(number) {
  return number >= 100 ? Math.round(number).toLocaleString("en-US") : `${Number(number.toPrecision(3))}`;
}

/** A share in percent. */
export function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/** Seconds in the unit that fits. */
export function duration(seconds) {
  const [factor, unit] = seconds >= 1 ? [1, "s"] : seconds >= 1e-3 ? [1e3, "ms"] : seconds >= 1e-6 ? [1e6, "µs"] : [1e9, "ns"];
  return `${Number((seconds * factor).toPrecision(3))} ${unit}`;
}

function line(cells) {
  return `| ${cells.join(" | ")} |`;
}
