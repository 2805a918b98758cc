import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where the words of the past or of others may stand: the oracle and its files keep theirs, the translator knows them. */
const KEEP =
  /^(CHANGELOG\.md|(test\/frameworks\/)?package-lock\.json|Cargo\.lock|fuzz\/Cargo\.lock|benches\/results\/|benches\/compare\/|crates\/golden\/|crates\/training\/tests\/golden\/|test\/oracle\/|test\/golden\/|test\/repository\/words\.test\.ts|fuzz\/(corpus|found)\/)/;

/** A word that the field does not use, and what it is called. */
const OLD: readonly (readonly [RegExp, string])[] = [
  [/pseudo-?derivative/i, "surrogate derivative"],
  [/picture/i, "image, feature map; plot, figure"],
  [/backwards? sweep|\bsweeps? back/i, "backward pass"],
  [/silent[ _]?push|SilentPush|\bpush(es)? for silent/i, "silent-unit update"],
  [/silent neuron/i, "silent unit"],
  [/no_?spike_?penalty/i, "silentTargetPenalty"],
  [/early_?stop(?!ping)/i, "endSimulation"],
  [/loss\.(spikePenalty|rateBounds)/, "regularizers"],
  [/\b(MOST|LEAST|SHORTEST|LONGEST)(_|\b)/, "MAX, MIN"],
  [/\b(most|least)[A-Z_]\w*/, "max…, min…"],
  [/\b(Slot|SlotLayer)\b/, "SampleResult, LayerGradient"],
  [/\btrivial\b/i, "mixture"],
  [/(?<!system-)\barms?\b(?!-|64|\(| in `| of a match| in `Loss| in \[| in `layer)/, "variant"],
  [/\b(run|finish)_?[sS]hare\b/, "local batch"],
];

const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0");

/** The lines of files, each with its place. */
const linesOf = (texts: readonly string[]): [place: string, line: string][] =>
  texts.flatMap((file) =>
    readFileSync(`${ROOT}/${file}`, "utf8")
      .split("\n")
      .map((line, k): [string, string] => [`${file}:${k + 1}`, line]),
  );

/** The first line of a doc comment that leans on its neighbour: alone, as an editor shows it, it says nothing. */
const LEANING =
  /^(The same|Those|Of|Likewise|It|Its|They|Their|That|These|This|Who|As (there|it|they|those|that|of))\b|^As (\{@|[[`])|\blikewise\b/;

/** The first lines of the doc comments of a text, and those below their headings, each with the number of its line. */
function firstLines(text: string): [number: number, line: string][] {
  const lines = text.split("\n").map((line) => /^\s*(\/\/\/|\/\/!|\/\*\*|\*(?!\/))(.*)$/.exec(line)?.slice(1));
  return lines.flatMap((entry, k): [number, string][] => {
    const [mark, words = ""] = entry ?? [];
    const [, before] = lines[k - 1] ?? [];
    if (mark === undefined || words.trim() === "") return [];
    const isFirst =
      mark === "/**" || before === undefined || /^ # /.test(before) || (mark === "*" && lines[k - 1]?.join("").trim() === "/**");
    return isFirst ? [[k + 1, words.trim()]] : [];
  });
}

it("begins each doc comment with a word of its own", () => {
  const sources = files.filter((file) => /\.(rs|ts|mts|mjs)$/.test(file) && !KEEP.test(file));
  expect(sources.length).toBeGreaterThan(300);
  const leaning = sources.flatMap((file) =>
    firstLines(readFileSync(`${ROOT}/${file}`, "utf8"))
      .filter(([, line]) => LEANING.test(line))
      .map(([number, line]) => `${file}:${number}: ${line}`),
  );
  expect(leaning).toEqual([]);
});

it("speaks the field's words", () => {
  const texts = files.filter((file) => /\.(rs|ts|mts|mjs|cjs|json|md|html|css|toml)$/.test(file) && !KEEP.test(file));
  expect(texts.length).toBeGreaterThan(300);
  const found = linesOf(texts).flatMap(([place, line]) =>
    OLD.filter(([word]) => word.test(line)).map(([, now]) => `${place}: ${now}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
