import { DOMParser, parseHTML } from "linkedom";
import { expect, it, vi } from "vitest";
import type { RunState, StepState } from "../../ts/report/watch/run-state.js";
import { watchPage } from "../../ts/report/watch/watch-page.js";

const WAITING: RunState = {
  isStarted: false,
  decision: undefined,
  epochs: [],
  totalEpochs: undefined,
  losses: [],
  step: undefined,
  warnings: [],
  end: undefined,
  failure: undefined,
  time: undefined,
};
const WARNING = {
  type: "warning",
  epoch: 3,
  code: "FLAT_LOSS",
  layer: null,
  message: "the loss does not fall",
  advice: "wait",
} as const;

const pageOf = (run: Partial<RunState>, hasReport = false) =>
  watchPage({
    name: "out",
    lost: "The server does not answer.",
    run: { ...WAITING, ...run },
    answers: "There is none.",
    files: ["events.ndjson", "history.csv", ...(hasReport ? ["report.html", "report.json"] : [])],
    nonce: "n",
  });

/** A page whose script runs, and what makes the server tell of a change. */
function opened(html: string) {
  const { document } = parseHTML(html);
  const sources: { onmessage: () => Promise<void> }[] = [];
  class EventSource {
    onmessage = async () => {};

    constructor() {
      sources.push(this);
    }
  }
  const fetched = vi.fn<() => Promise<Partial<Response>>>();
  const globals = { document, location: { href: "/" }, fetch: fetched, DOMParser, EventSource };
  new Function(...Object.keys(globals), document.querySelector("script")?.textContent ?? "")(...Object.values(globals));
  const change = async (html: string, ok = true) => {
    fetched.mockResolvedValueOnce({ ok, text: async () => html });
    await sources[0]?.onmessage();
  };
  const titles = () => [...document.querySelectorAll("h2")].map(({ textContent }) => textContent);
  return { document, change, titles };
}

it("says in its heading where the training stands", async () => {
  const { document, change } = opened(pageOf({}));
  expect(document.querySelector("h1")?.textContent).toBe("waiting: out");
  await change(pageOf({ end: "finished" }));
  expect([document.querySelector("h1")?.textContent, document.title]).toEqual(["finished: out", "finished: out"]);
});

it("leaves the sections alone that are the same", async () => {
  const { document, change, titles } = opened(pageOf({}));
  const link = document.querySelector("a");
  await change(pageOf({ warnings: [WARNING] }));
  expect(titles()).toEqual(["Warnings", "Samples", "Files"]);
  expect(document.querySelector("a")).toBe(link);
  await change(pageOf({}, true));
  expect(titles()).toEqual(["Samples", "Files"]);
  expect(document.querySelectorAll("a")).toHaveLength(4);
});

it("says how far the training is, and draws the loss as it comes", async () => {
  const running = { loss: 1, spikesPerSample: 20 } as StepState["running"];
  const step: StepState = { type: "step", epoch: 1, batch: 5, batches: 10, step: 5, loss: 1, running, samplesPerSecond: 9 };
  const first = [{ step: 1, loss: 2 }];
  const { document, change, titles } = opened(pageOf({ isStarted: true, totalEpochs: 4, step, losses: first }));
  expect(document.querySelector("progress")?.getAttribute("value")).toBe("0.1250");
  expect(document.querySelector(".progress")?.textContent).toContain("12 %, epoch 1 of 4");
  expect(titles()).not.toContain("Loss");
  await change(pageOf({ isStarted: true, totalEpochs: 4, step, losses: [...first, { step: 5, loss: 1 }] }));
  expect(titles()).toEqual(["Loss", "Samples", "Files"]);
  const before = document.querySelector("section svg")?.outerHTML;
  await change(
    pageOf({ isStarted: true, totalEpochs: 4, step, losses: [...first, { step: 5, loss: 1 }, { step: 6, loss: 0.5 }] }),
  );
  expect(document.querySelector("section svg")?.outerHTML).not.toBe(before);
  await change(pageOf({ isStarted: true, totalEpochs: 4, end: "finished" }));
  expect(document.querySelector("progress")).toBeNull();
});

it("keeps what it shows when the server answers with an error", async () => {
  const { document, change } = opened(pageOf({}));
  const connection = document.querySelector("#connection");
  await change("it broke", false);
  expect(document.querySelector("main a")).not.toBeNull();
  expect([connection?.hasAttribute("hidden"), connection?.textContent]).toEqual([
    false,
    expect.stringMatching(/does not answer/),
  ]);
  await change(pageOf({}));
  expect(connection?.hasAttribute("hidden")).toBe(true);
});
