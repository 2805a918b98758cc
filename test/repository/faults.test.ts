import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FAULTS, withFault } from "../../scripts/faults/list.mjs";
import { ROOT } from "../../scripts/stamps.mjs";

it.each(FAULTS)("npm run test:faults: the text of the fault $name is there once", (fault) => {
  expect(withFault(fault, readFileSync(join(ROOT, fault.file), "utf8"))).toBeDefined();
});
