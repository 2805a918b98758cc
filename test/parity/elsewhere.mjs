// What a Node of another machine runs, in one process: node test/parity/elsewhere.mjs ARCH SIMD [TRANSLATIONS]
// TRANSLATIONS: a file with the configurations of all golden files, which are then checked.
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { loadBackend } from "spikelet/backend";
import { checkFolder, GOLDEN } from "../golden/folder.mjs";
import { trainingDigest } from "./training.mjs";

const [arch, simd, translations] = process.argv.slice(2);
const backend = await loadBackend("native");
deepStrictEqual({ arch: process.arch, simd: backend.simd }, { arch, simd });
const committed = JSON.parse(readFileSync(new URL("digest.json", import.meta.url), "utf8"));
deepStrictEqual(await trainingDigest({ backend: "native" }), committed);
process.stdout.write(`${arch}, ${simd}: ${committed.steps} updates come to the committed bits\n`);
if (translations !== undefined) process.exitCode = await checkFolder(GOLDEN, readFileSync(translations, "utf8"));
