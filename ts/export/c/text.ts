/** Lines of C. */
export type Lines = readonly string[];

const WIDTH = 120;

/** A statement with a body in braces. */
export function block(head: string, body: Lines): Lines {
  return [`${head} {`, ...body.map((line) => (line === "" || line.startsWith("#") ? line : `  ${line}`)), "}"];
}

/** A comment of paragraphs, wrapped. */
export function comment(...paragraphs: string[]): Lines {
  const lines = paragraphs.flatMap(wrapped);
  return lines.length === 1 ? [`/* ${lines[0]} */`] : ["/*", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

/** Indented paragraphs are code. */
function wrapped(paragraph: string): string[] {
  if (paragraph.startsWith(" ")) return [paragraph];
  const lines = [""];
  for (const word of paragraph.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + 1 + word.length > WIDTH - 6) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

/** A text as a C string of ASCII characters, in UTF-8. */
export function quoted(text: string): string {
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, "0")}`;
  const character = (byte: number) => {
    const isPlain = byte >= 32 && byte < 127 && !'"\\?'.includes(String.fromCharCode(byte));
    return isPlain ? String.fromCharCode(byte) : octal(byte);
  };
  return `"${Array.from(new TextEncoder().encode(text), character).join("")}"`;
}

/** A number of single precision, as few digits as make a compiler read the same one. */
export function float(value: number): string {
  if (Object.is(value, -0)) return "-0.0f";
  // A quarter of the distance to the next number, so that rounding twice can't reach that.
  const near = Math.max(2 ** -151, Math.abs(value) * 2 ** -26);
  let digits = 1;
  while (digits < 9 && !(Math.abs(Number(value.toPrecision(digits)) - value) <= near)) digits++;
  return `${double(Number(value.toPrecision(digits)))}f`;
}

/** A number of double precision. */
export function double(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A table of constants. */
export function table(type: string, name: string, values: ArrayLike<number>): Lines {
  const literal = type === "float" ? float : String;
  const lines: string[] = [];
  let line = " ";
  for (let k = 0; k < values.length; k++) {
    const entry = ` ${literal(values[k] as number)},`;
    if (line.length + entry.length > WIDTH) {
      lines.push(line);
      line = " ";
    }
    line += entry;
  }
  return [`static const ${type} ${name}[${values.length}] = {`, ...lines, line, "};"];
}
