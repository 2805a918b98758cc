import { existsSync } from "node:fs";
import { datasets } from "spikelet";
import { expect, it } from "vitest";
import { defaultFolder } from "../../ts/cli/download/folder.js";
import { spokenDigits } from "../../ts/cli/sets/spoken-digits.js";

const real = process.env["SPIKELET_SPOKEN_DIGITS"] ?? defaultFolder("spokenDigits");

it.skipIf(!existsSync(real))(
  "spoken digits as published become the spikes of the addon (needs spikelet data fetch spokenDigits)",
  async () => {
    const data = await datasets.spokenDigits({ dir: real });
    const { test } = data.split({ seed: 1 });
    if (spokenDigits.encoding === null) throw new Error("signals have an encoding");
    const encoded = test.encode(spokenDigits.encoding);
    const native = await encoded.events({ steps: 100, backend: "native" });
    expect(await encoded.events({ steps: 100, backend: "wasm" })).toEqual(native);
  },
);
