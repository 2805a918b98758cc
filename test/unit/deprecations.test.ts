import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The package as a process or page has it that has warned of nothing yet. */
async function afresh(): Promise<typeof import("spikelet")> {
  vi.resetModules();
  return await import("spikelet");
}

it("a deprecated function works, and warns once in a process, with its code", async () => {
  const emitWarning = vi.spyOn(process, "emitWarning").mockReturnValue();
  const { loadBackend } = await afresh();
  const backends = [await loadBackend("native"), await loadBackend("native")];
  expect(backends.map(({ kind }) => kind)).toEqual(["native", "native"]);
  expect(emitWarning.mock.calls).toEqual([
    [expect.stringContaining("spikelet/backend"), { type: "DeprecationWarning", code: "SPIKELET_DEP0001" }],
  ]);
});

it("one that is used in a page warns once in its console", async () => {
  vi.stubGlobal("process", Object.create(process, { emitWarning: { value: undefined } }));
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { loadBackend } = await afresh();
  for (let call = 0; call < 2; call++) await loadBackend("native").catch(() => undefined);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^spikelet: .*spikelet\/backend.*\(SPIKELET_DEP0001\)$/)]]);
});
