import { afterEach, expect, it, vi } from "vitest";
import { startWorkers } from "../../ts/runtime/several-workers.js";
import { startWorker } from "../../ts/runtime/worker-client.js";
import { startThreads } from "../../ts/runtime/worker-threads-client.js";

vi.mock("../../ts/runtime/worker-client.js");
vi.mock("../../ts/runtime/worker-threads-client.js");

afterEach(() => vi.unstubAllGlobals());

it("loads no threads in an isolated page of a browser without SharedArrayBuffer, and says why", async () => {
  vi.stubGlobal("crossOriginIsolated", true);
  vi.stubGlobal("SharedArrayBuffer", undefined);
  vi.mocked(startWorker).mockResolvedValue({ end() {} } as Awaited<ReturnType<typeof startWorker>>);
  const { reason } = await startWorkers(2, {});
  expect(reason).toContain("the browser has no SharedArrayBuffer");
  expect(startThreads).not.toHaveBeenCalled();
});
