import { createNetwork, SpikeletError } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fromBinding, inFile } from "../../ts/errors.js";
import { translated } from "../../ts/runtime/native.js";
import { bindingError, fakeBackend } from "../support/fake-backend.js";

describe("errors of a binding", () => {
  it("keep code, path and message", () => {
    const cause = bindingError("CONFIG_INVALID", "network.layers[1].units", "must be at least 1, got 0");
    const error = fromBinding(cause);
    expect(error).toBeInstanceOf(SpikeletError);
    expect(error).toMatchObject({
      code: "CONFIG_INVALID",
      path: "network.layers[1].units",
      reason: "must be at least 1, got 0",
      message: "network.layers[1].units: must be at least 1, got 0",
      cause,
    });
  });

  it("have no path where there is none", () => {
    expect(fromBinding(bindingError("NON_FINITE", "", "the loss"))).toMatchObject({
      path: "",
      reason: "the loss",
      message: "the loss",
    });
  });

  it("are INTERNAL when unknown", () => {
    expect(fromBinding(new Error("boom"))).toMatchObject({ code: "INTERNAL", message: "boom" });
    expect(fromBinding("boom")).toMatchObject({ code: "INTERNAL", message: "boom" });
    expect(fromBinding(bindingError("NumberExpected", "", "not a number"))).toMatchObject({ code: "INTERNAL" });
  });

  it("are translated whether they are thrown or rejected", async () => {
    const raw = {
      now: () => {
        throw bindingError("SHAPE_MISMATCH", "labels", "wrong");
      },
      later: async () => {
        throw bindingError("DISPOSED", "", "gone");
      },
      fine: () => 3,
    };
    const safe = translated<typeof raw>(raw);
    expect(() => safe.now()).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "labels" }));
    await expect(safe.later()).rejects.toMatchObject({ code: "DISPOSED" });
    expect(safe.fine()).toBe(3);
  });

  it("can be put into a file", () => {
    const error = new SpikeletError("DATA_FORMAT", "", "wrong magic number at byte 0");
    expect(inFile("a.gz", error)).toMatchObject({ path: "a.gz", message: "a.gz: wrong magic number at byte 0" });
    const deep = new SpikeletError("DATA_FORMAT", "x", "bad");
    expect(inFile("a.gz", deep)).toMatchObject({ path: "a.gz: x", message: "a.gz: x: bad" });
  });
});

describe("the message of an error", () => {
  it("shortens keys and values that are long, and keeps the path and the reason whole", () => {
    const key = "k".repeat(1_000_000);
    const error = new SpikeletError("CONFIG_INVALID", `training.${key}`, `unknown field \`${key}\``);
    expect(error.message.length).toBeLessThan(1000);
    expect(error.message).toMatch(/^training\.k+…k+: unknown field `k+…k+`$/);
    expect(error).toMatchObject({ path: `training.${key}`, reason: `unknown field \`${key}\`` });
    expect(inFile("a.json", error)).toMatchObject({ reason: error.reason });
    const words = new SpikeletError("CONFIG_INVALID", "", "word ".repeat(100_000));
    expect(words.message.length).toBeLessThan(5000);
  });

  it("has no characters that a terminal obeys or that turn text round", () => {
    const { message } = new SpikeletError("DATA_FORMAT", "\u001b]0;title\u0007.csv", "column \u202eabc");
    expect(message).toBe("\ufffd]0;title\ufffd.csv: column \ufffdabc");
  });
});

describe("the choice of a backend", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("takes a given one", async () => {
    const backend = fakeBackend();
    expect(await loadBackend(backend)).toBe(backend);
    const network = await createNetwork({ network: { input: 1, layers: [{ type: "dense", units: 1 }] } }, { backend });
    expect(network.backend).toBe(backend);
  });

  it("refuses an unknown name", async () => {
    vi.stubEnv("SPIKELET_BACKEND", "gpu");
    await expect(loadBackend("auto")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
