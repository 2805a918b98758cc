import { createTrainer, datasets } from "spikelet";

/**
 * Source of a function `learn(library, options)`, which trains a network and returns as JSON what it is afterwards: the same bits in
 * every runtime.
 */
export const LEARNS = `async function learn({ createTrainer, datasets }, options = {}) {
  const trainer = await createTrainer({
    network: { input: 4, steps: 30, layers: [{ type: "dense", units: 8 }, { type: "dense", units: 2 }] },
    training: { batchSize: 4, epochs: 2, seed: 1 },
  }, options);
  const spikes = Array.from({ length: 8 }, (_, k) => ({ times: [1, 2, 3, 4], units: [k % 4, 1, 2, k % 2] }));
  const data = datasets.fromSpikes({ spikes, labels: spikes.map((_, k) => k % 2) });
  let updates = 0;
  for await (const event of trainer.run(data)) if (event.type === "step") updates += 1;
  const [hidden] = await trainer.parameters();
  const { spikes: fired } = await trainer.evaluate(data);
  const { kind, reason } = trainer.backend;
  trainer.dispose();
  return JSON.stringify({ updates, weights: Array.from(hidden.weights), fired: fired.perSample, kind, reason });
}`;

/** What {@link LEARNS} returns. */
export interface Learnt {
  readonly updates: number;
  readonly weights: readonly number[];
  /** Spikes of a sample. */
  readonly fired: number;
  readonly kind: "native" | "wasm";
  readonly reason: string;
}

/** What a network has learnt here, but for the backend. */
export async function learntHere(): Promise<Omit<Learnt, "kind" | "reason">> {
  const learn = new Function("library", `${LEARNS} return learn(library);`);
  const { kind: _, reason: __, ...learnt } = JSON.parse(await learn({ createTrainer, datasets })) as Learnt;
  return learnt;
}
