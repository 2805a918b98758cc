import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createTrainer } from "spikelet";
import { beforeAll, expect, it } from "vitest";
import { type FakeBackend, fakeBackend } from "../support/fake-backend.js";
import { tinyConfig, tinyData } from "../support/learning.js";

let collectGarbage: () => void;

beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collectGarbage = runInNewContext("gc");
});

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

async function forget(backend: FakeBackend): Promise<void> {
  const trainer = await createTrainer(tinyConfig, { backend });
  await trainer.run(tinyData());
}

it("what is forgotten is disposed once it is collected", async () => {
  const backend = fakeBackend();
  await forget(backend);
  const [session] = backend.sessions;
  while (!session?.isDisposed) {
    collectGarbage();
    await macrotask();
  }
  expect(session.isDisposed).toBe(true);
});

it("a stream that is forgotten is closed once it is collected", async () => {
  const backend = fakeBackend();
  using trainer = await createTrainer(tinyConfig, { backend });
  await trainer.stream();
  const [session] = backend.sessions;
  while (session?.closed.length === 0) {
    collectGarbage();
    await macrotask();
  }
  expect(session?.closed).toEqual([1]);
  expect(session?.isDisposed).toBe(false);
});

it("what is still in use is not, nor is a call that is all that is left of its trainer", async () => {
  const backend = fakeBackend({ pause: macrotask });
  const answers = createTrainer(tinyConfig, { backend }).then((trainer) => trainer.predict(tinyData()));
  let isAnswered = false;
  answers.finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    collectGarbage();
    await macrotask();
    if (!isAnswered) expect(backend.sessions[0]?.isDisposed).not.toBe(true);
  }
  expect((await answers).steps).toHaveLength(24);
});

/** Begins a run and leaves it after its first event, without `break`. */
async function leave(trainer: Awaited<ReturnType<typeof createTrainer>>): Promise<void> {
  const events = trainer.run(tinyData())[Symbol.asyncIterator]();
  await events.next();
}

it("a run whose iterator is forgotten ends once it is collected, and the trainer can run again", async () => {
  using trainer = await createTrainer(tinyConfig, { backend: fakeBackend() });
  await leave(trainer);
  for (;;) {
    collectGarbage();
    await macrotask();
    const refused = await trainer.run(tinyData()).then(() => undefined, String);
    if (refused === undefined) break;
    expect(refused).toContain("another run of this trainer is going on");
  }
});
