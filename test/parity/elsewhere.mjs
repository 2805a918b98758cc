// What a Node of another machine runs, in one process: node test/parity/elsewhere.mjs ARCH SIMD [--golden]
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { loadBackend } from "spikelet";
import { checkFolder } from "../golden/folder.mjs";
import { trainingDigest } from "./training.mjs";

const [arch, simd, ...options] = process.argv.slice(2);
const backend = await loadBackend("native");
deepStrictEqual({ arch: process.arch, simd: backend.simd }, { arch, simd });
const committed = JSON.parse(readFileSync(new URL("digest.json", import.meta.url), "utf8"));
deepStrictEqual(await trainingDigest({ backend: "native" }), committed);
process.stdout.write(`${arch}, ${simd}: ${committed.steps} updates come to the committed bits\n`);
if (options.includes("--golden")) process.exitCode = await checkFolder();
