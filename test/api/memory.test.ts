import { createNetwork, datasets, encode } from "spikelet";
import { describe, expect, it } from "vitest";
import { inChild } from "../support/child-memory.js";

/** What no machine has, in bytes of at least 12 digits. */
const refused = (path: string) =>
  expect.objectContaining({ code: "CONFIG_INVALID", path, message: expect.stringMatching(/would take \d{12,} bytes/) });

const long = { input: 4096, steps: 65_535, layers: [{ type: "dense" as const, units: 100 }] };

describe("memory that is not there", () => {
  it("is not asked for by a trace", async () => {
    using network = await createNetwork({ network: long });
    const spikes = Array.from({ length: 1000 }, () => ({ times: [0], units: [0] }));
    const data = datasets.fromSpikes({ spikes, labels: new Uint32Array(1000) });
    await expect(network.gradients(data, { trace: true })).rejects.toThrow(refused("range"));
    expect((await network.gradients(data.slice(0, 1), { trace: true })).trace?.[0]?.membrane).toHaveLength(65_535 * 100);
  });

  it("is not asked for by the spikes of a data set", async () => {
    using network = await createNetwork({ network: long });
    const pixels = new Uint8Array(1024 * 4096).fill(255);
    const data = datasets.fromImages({ pixels, shape: [4096] }).encode(encode.rate({ max: 1 }));
    await expect(network.predict(data)).rejects.toThrow(refused("encoding"));
    await expect(data.events({ steps: 65_535 })).rejects.toThrow(refused("encoding"));
  });

  it("is not there for offsets, under a limit of the operating system", async () => {
    const outcome = await inChild(
      `const { SpikeEvents } = spikelet;
       const held = [];
       try { for (;;) held.push(new ArrayBuffer(2 ** 28)); } catch {}
       try { SpikeEvents.fromTriples([], 2 ** 27); } catch ({ code, message }) { report({ code, message }); }`,
      { limit: 2 ** 32 },
    );
    const message = "samples: the offsets would take 536870916 bytes, more memory than is available";
    expect(outcome.report).toEqual({ code: "CONFIG_INVALID", message });
  });

  it("is not there for the spikes of a signal, under a limit of the operating system", async () => {
    const outcome = await inChild(
      `const values = Float32Array.from({ length: 65_535 }, (_, time) => (time % 2) * 2 - 1);
       const signal = datasets.fromSeries({ signals: [[values]] });
       const encoded = signal.encode(encode.levels({ count: 1024 }));
       const held = [];
       try { for (;;) held.push(new ArrayBuffer(2 ** 28)); } catch {}
       await encoded.events({ steps: 65_535 }).catch(({ code, path }) => report({ code, path }));`,
      { limit: 2 ** 32 },
    );
    expect(outcome.report).toEqual({ code: "CONFIG_INVALID", path: "encoding" });
  });

  it("is not asked for by a network, under a limit of the operating system", async () => {
    const outcome = await inChild(
      `const network = { input: 16000, steps: 1, layers: [{ type: "dense", units: 16000 }] };
       const tell = async (config) => createNetwork(config, { backend: "native" }).then(() => "made", (thrown) => thrown.message);
       report([await tell({ network }), await tell({ network: { ...network, input: 10 } })]);`,
      { limit: 2 ** 32 },
    );
    expect(outcome.report).toEqual([expect.stringMatching(/^network: .+ would take 4\d{9} bytes/), "made"]);
  });
});
