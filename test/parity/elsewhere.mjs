// What a Node of another machine runs, in one process: node test/parity/elsewhere.mjs ARCH SIMD TRANSLATIONS [--long]
// TRANSLATIONS: a file with the configurations of all golden files, which are checked. Without --long the runs that compute most are left
// out: an emulator computes a vector number by number.
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { loadBackend } from "spikelet/backend";
import { checkFolder, GOLDEN } from "../golden/folder.mjs";
import { trainingDigest } from "./training.mjs";

const [arch, simd, translations = "", length] = process.argv.slice(2);
/** Three quarters of what all runs compute. The kernels of convolutions have tests of their own, and golden files. */
const LONG = [
  "graph of convolutions: a residual block from 1, a side branch, mixture, count",
  "convolutions of whole tiles, a residual, small updates, activation, count",
  "convolutions of whole tiles, antlr with a compact surrogate, latency",
];
const backend = await loadBackend("native");
deepStrictEqual({ arch: process.arch, simd: backend.simd }, { arch, simd });
const committed = JSON.parse(readFileSync(new URL("digest.json", import.meta.url), "utf8"));
const without = length === "--long" ? [] : LONG;
const expected = Object.entries(committed.runs).filter(([name]) => !without.includes(name));
const { arithmetic, steps, runs } = await trainingDigest({ backend: "native", without });
deepStrictEqual({ arithmetic, runs }, { arithmetic: committed.arithmetic, runs: Object.fromEntries(expected) });
process.stdout.write(`${arch}, ${simd}: ${steps} updates of ${expected.length} runs come to the committed bits\n`);
process.exitCode = await checkFolder(GOLDEN, readFileSync(translations, "utf8"));
