import { createTrainer, datasets, SpikeletError, type Trainer } from "spikelet";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { withMemoryOf } from "../support/small-memory.js";

/** Pages of 64 kB that the module may have. */
const PAGES = 4096;

const config = {
  network: {
    input: 1500,
    steps: 20,
    layers: [
      { type: "dense" as const, units: 1500 },
      { type: "dense" as const, units: 2 },
    ],
  },
  training: { epochs: 1, batchSize: 2, threads: 1 },
};

const data = () =>
  datasets.fromSpikes({
    spikes: [0, 1].map((first) => ({ times: [0, 1, 2, 3], units: [first, 10, 20, 30] })),
    labels: new Uint32Array([0, 1]),
  });

beforeAll(() => {
  const instantiate = WebAssembly.instantiate as (
    source: unknown,
    imports?: WebAssembly.Imports,
  ) => Promise<WebAssembly.Instance>;
  vi.spyOn(WebAssembly, "instantiate").mockImplementation((source: unknown, imports) =>
    instantiate(source instanceof Uint8Array ? withMemoryOf(PAGES, source) : source, imports),
  );
});
afterAll(() => vi.restoreAllMocks());

it("trainers fill the memory of WebAssembly: the one too many is refused, and the others learn on", async () => {
  const trainers: Trainer[] = [];
  const create = () => createTrainer(config, { backend: "wasm" });
  const first = await create();
  await first.run(data());
  let refused: unknown;
  while (refused === undefined) {
    await create().then(
      (trainer) => trainers.push(trainer),
      (thrown) => {
        refused = thrown;
      },
    );
  }
  expect(refused).toBeInstanceOf(SpikeletError);
  expect(refused).toMatchObject({
    code: "CONFIG_INVALID",
    path: "network",
    message: expect.stringContaining("more memory than"),
  });
  expect(trainers.length).toBeGreaterThan(5);

  // Those that have their memory go on; another either learns or is told that there is too little.
  expect((await first.predict(data())).steps).toHaveLength(2);
  await first.run(data(), { epochs: 2 });
  const outcomes = await Promise.all(
    trainers.map((trainer) =>
      trainer.run(data()).then(
        () => "learnt",
        (thrown) => (thrown as SpikeletError).code,
      ),
    ),
  );
  expect([...new Set(outcomes)].sort()).toEqual(["CONFIG_INVALID", "learnt"]);
  expect(first.backend.isAlive).toBe(true);

  for (const trainer of trainers.splice(0, 8)) trainer.dispose();
  await new Promise((resolve) => setImmediate(resolve));
  const [next] = trainers;
  if (next !== undefined) await next.run(data());
  (await create()).dispose();
  for (const trainer of [first, ...trainers]) trainer.dispose();
});
