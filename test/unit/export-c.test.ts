import { type Config, createNetwork, datasets, type Integers, type LayerConfig } from "spikelet";
import { type COptions, exportC } from "spikelet/export";
import { beforeAll, describe, expect, it } from "vitest";
import { double, float, quoted } from "../../ts/export/c/text.js";

const LAYERS: LayerConfig[] = [
  { type: "dense", units: 5 },
  { type: "dense", units: 2, neuron: { type: "leaky" } },
];
const CONFIG: Config = {
  network: { input: 3, steps: 20, layers: LAYERS },
  rule: { type: "activation" },
  loss: { type: "membrane" },
};

async function fileOf(config: Config): Promise<Uint8Array> {
  using network = await createNetwork(config);
  return network.exportModel();
}

let model: Uint8Array;
let integers: Integers;
beforeAll(async () => {
  using network = await createNetwork(CONFIG);
  model = await network.exportModel();
  using whole = await network.quantize({ calibration: datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }] }) });
  integers = whole.integers;
});

const layerWith = (layer: object): Integers => ({
  ...integers,
  layers: [{ ...integers.layers[0], ...layer }, integers.layers[1]] as never,
});

describe("exportC", () => {
  it("writes names that begin with the one that was given", () => {
    const { header, source } = exportC(model, { name: "digits" });
    expect(header).toContain("int32_t digits_step(digits_state *s, const uint16_t *units, int32_t count);");
    expect(header).toContain("#define DIGITS_INPUTS 3\n#define DIGITS_OUTPUTS 2\n");
    expect(source).toMatch(/^#include "digits.h"\n/);
    expect(exportC(model).header).toContain("network_step");
  });

  it("writes whole numbers in 8 bits, with states of 16 or 32", () => {
    const { header, source } = exportC(model, { integers });
    expect(source).toContain("static const int8_t weights1_0[15]");
    expect(source).not.toContain("float");
    expect(header).toContain("const int32_t *network_membranes");
    expect(exportC(model, { integers: { ...integers, stateBits: 16 } }).header).toContain("const int16_t *network_membranes");
  });

  it("takes wide numbers for units that need them", async () => {
    const wide = await fileOf({ network: { input: 70_000, steps: 5, layers: [{ type: "dense", units: 1 }] } });
    expect(exportC(wide).header).toContain("network_step(network_state *s, const uint32_t *units, int32_t count);");
  });

  it.each<[string, COptions, string, string]>([
    ["a name that is none of C", { name: "my-net" }, "CONFIG_INVALID", "name"],
    ["a name of a path", { name: "a/b" }, "CONFIG_INVALID", "name"],
    ["no events at all", { maxEvents: 0 }, "CONFIG_INVALID", "maxEvents"],
    ["an option that there is not", { weights: "int8" } as COptions, "CONFIG_INVALID", "weights"],
  ])("refuses %s", (_, options, code, path) => {
    expect(() => exportC(model, options)).toThrow(expect.objectContaining({ code, path }));
  });

  it.each<[string, () => Integers, string, string]>([
    ["other bits", () => ({ ...integers, stateBits: 8 }), "CONFIG_INVALID", "integers.stateBits"],
    ["too few layers", () => ({ ...integers, layers: integers.layers.slice(1) }), "SHAPE_MISMATCH", "integers.layers"],
    ["no layers", () => ({ stateBits: 32 }) as Integers, "CONFIG_INVALID", "integers.layers"],
    [
      "too few weights",
      () => layerWith({ inputs: [{ weights: [1] }] }),
      "SHAPE_MISMATCH",
      "integers.layers[0].inputs[0].weights",
    ],
    ["no weights", () => layerWith({ inputs: [] }), "SHAPE_MISMATCH", "integers.layers[0].inputs"],
    [
      "a weight beyond 8 bits",
      () => layerWith({ inputs: [{ weights: new Array(15).fill(0).with(4, 128) }] }),
      "CONFIG_INVALID",
      "integers.layers[0].inputs[0].weights[4]",
    ],
    ["a decay beyond 1", () => layerWith({ currentDecay: 32_769 }), "CONFIG_INVALID", "integers.layers[0].currentDecay[0]"],
    ["a shift that is none", () => layerWith({ weightShift: 1.5 }), "CONFIG_INVALID", "integers.layers[0].weightShift"],
    ["no threshold", () => layerWith({ threshold: undefined }), "CONFIG_INVALID", "integers.layers[0].threshold"],
    ["three biases of five", () => layerWith({ bias: [0, 0, 0] }), "SHAPE_MISMATCH", "integers.layers[0].bias"],
  ])("refuses whole numbers with %s", (_, given, code, path) => {
    expect(() => exportC(model, { integers: given() })).toThrow(expect.objectContaining({ code, path }));
  });

  it("refuses events with values before a max pool, and for whole numbers", async () => {
    const layers: LayerConfig[] = [{ type: "maxPool2d", window: 2 }, { type: "flatten" }, { type: "dense", units: 2 }];
    const pooled = await fileOf({ network: { input: [1, 4, 4], steps: 5, layers } });
    const refused = expect.objectContaining({ code: "CONFIG_INVALID", path: "values" });
    expect(() => exportC(pooled, { values: true })).toThrow(refused);
    expect(() => exportC(model, { values: true, integers })).toThrow(refused);
  });

  it("refuses what whole numbers do not have", async () => {
    const decided = await fileOf({ ...CONFIG, loss: { type: "membrane", statistic: "softmaxSum" } });
    expect(() => exportC(decided, { integers })).toThrow(expect.objectContaining({ path: "loss.statistic" }));
    const [hidden, readout] = LAYERS as [LayerConfig, LayerConfig];
    const neuron = { type: "adlif" } as const;
    const adlif = await fileOf({
      ...CONFIG,
      network: { ...CONFIG.network, layers: [{ ...hidden, neuron } as LayerConfig, readout] },
    });
    expect(() => exportC(adlif, { integers })).toThrow(expect.objectContaining({ path: "integers.layers[0]" }));
    const reset = { reset: "subtractAfterDecay" } as const;
    const soft = await fileOf({ ...CONFIG, network: { ...CONFIG.network, neuron: reset } });
    expect(() => exportC(soft, { integers })).toThrow(expect.objectContaining({ path: "integers.layers[0]" }));
  });

  it("refuses bytes that are no model file", () => {
    expect(() => exportC(model.slice(1))).toThrow(expect.objectContaining({ code: "MODEL_INVALID" }));
  });
});

describe("numbers and texts in C", () => {
  it("have the digits that make the same number of single precision", () => {
    const bits = new DataView(new ArrayBuffer(4));
    let state = 1;
    for (let k = 0; k < 20_000; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bits.setUint32(0, state);
      const value = bits.getFloat32(0);
      if (!Number.isFinite(value)) continue;
      const text = float(value);
      expect(Object.is(Math.fround(Number(text.slice(0, -1))), value), text).toBe(true);
    }
    expect([0, -0, 1, 0.1, 1e-45, 3.4028234663852886e38].map((x) => float(Math.fround(x)))).toEqual([
      "0.0f",
      "-0.0f",
      "1.0f",
      "0.1f",
      "1.4e-45f",
      "3.4028235e+38f",
    ]);
    expect([2, 0.5, 1e-7].map(double)).toEqual(["2.0", "0.5", "1e-7"]);
  });

  it("have no characters that end a string or a trigraph", () => {
    expect(quoted('a"b\\?\n')).toBe('"a\\042b\\134\\077\\012"');
    expect(quoted("süß")).toBe('"s\\303\\274\\303\\237"');
  });
});
