// Files that version 0.1.0 wrote, and what it read in them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as spikelet from "spikelet";
import * as infer from "spikelet/infer";
import * as study from "spikelet/study";
import { expect, it } from "vitest";
import { read } from "../fixtures/read_formats.mjs";
import { BACKENDS } from "../support/backends.js";

const FOLDER = fileURLToPath(new URL("../fixtures/formats", import.meta.url));
const answers = JSON.parse(readFileSync(join(FOLDER, "answers.json"), "utf8"));

it.each(BACKENDS)("files of each format are read as they were by the version that wrote them (%s)", async (backend) => {
  const runner = backend === "native" ? infer : await import("spikelet/infer/wasm");
  const found = await read({ spikelet, infer: runner, study }, FOLDER, { backend });
  expect(found).toEqual(answers);
});

it("the answers are of a network that fires and has learnt, so that they tell files apart", () => {
  expect(answers.checkpoint.answers.layers[1].times.length).toBeGreaterThan(3);
  expect(new Set(answers.checkpoint.answers.classes).size).toBe(2);
  const [floats, , , fewBits] = answers.models;
  expect(floats).not.toEqual(fewBits);
});
