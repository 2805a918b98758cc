import { restoreNetwork } from "../../network.js";
import type { EpochSummary, RunResult } from "../../sweep/record.js";
import { createTrainer } from "../../trainer.js";
import type { Choices } from "../invocation.js";
import type { Task } from "./configuration.js";
import type { Samples } from "./samples.js";

/** Trains once; the network of the best epoch on the validation data meets the test data. */
export async function trainOnce({ config, source }: Task, samples: Samples, choices: Choices): Promise<RunResult> {
  const { signal } = choices;
  using trainer = await createTrainer(config, choices);
  const { train, validation, test } = await samples.split(source, trainer.config.network.steps);
  const history: EpochSummary[] = [];
  let best: { epoch: number; accuracy: number; validation: RunResult["validation"]; checkpoint: Uint8Array } | undefined;
  for await (const event of trainer.run(train, validation.length > 0 ? { validation, signal } : { signal })) {
    if (event.type !== "epochEnd") continue;
    const accuracy = event.validation?.accuracy.firstSpike ?? null;
    history.push({
      trainLoss: event.train.loss,
      validationLoss: event.validation?.loss ?? null,
      validationFirstSpike: accuracy,
      spikesPerSample: (event.validation ?? event.train).spikes.perSample,
    });
    if (best !== undefined && accuracy !== null && accuracy <= best.accuracy) continue;
    best = {
      epoch: event.epoch,
      accuracy: accuracy ?? 0,
      validation: event.validation,
      checkpoint: await trainer.checkpoint(),
    };
  }
  using chosen = await restoreNetwork(best?.checkpoint ?? (await trainer.checkpoint()), choices);
  return {
    epochs: history.length,
    bestEpoch: best?.epoch ?? 0,
    validation: best?.validation ?? null,
    test: await chosen.evaluate(test, { signal }),
    history,
  };
}
