import { describe, expect, it } from "vitest";
import { EXPERIMENTS } from "../../research/catalogue/index.js";
import { commandOf, parseSeeds, UsageError } from "../../research/command.js";
import { type Experiment, variantName } from "../../research/experiment.js";
import { alignedTable, counts } from "../../ts/cli/study/text.js";
import { spread } from "../../ts/spread.js";
import { type Plan, parsePlan } from "../../ts/study/plan/plan.js";
import { runsCsv, summaryCsv } from "../../ts/study/report/csv.js";
import { figures } from "../../ts/study/report/figures.js";
import { measure } from "../../ts/study/report/measures.js";
import { studyPage } from "../../ts/study/report/page.js";
import { bestAttempts, byScore, pointsOf, recordsOf } from "../../ts/study/report/points.js";
import { resultTable } from "../../ts/study/report/result-table.js";
import type { Row, StudyTable } from "../../ts/study/run/table.js";
import type { DoneRecord } from "../../ts/study/store/record.js";

/** What tables and figures look at. */
function record(seed: number, accuracy: number, validated = accuracy): DoneRecord {
  const metrics = {
    samples: 100,
    loss: 1 - accuracy,
    lossParts: { main: 1 - accuracy, silentTargetPenalty: 0, targetCount: 0, rateBounds: 0, spikePenalty: 0 },
    accuracy: { firstSpike: accuracy, count: accuracy / 2 },
    spikes: {
      perSample: 30,
      untilDecision: 20,
      perUnit: [0.2, 0.5],
      untilDecisionPerUnit: [0.1, 0.1],
      total: [],
      untilDecisionTotal: [],
    },
    decisionStep: { mean: 12, median: 11, min: 3 },
    silentFraction: [0.8, 0.1],
    saturatedFraction: [0, 0],
    firingRate: [0.01, 0.02],
    synapticOperations: 1234,
    synapticOperationsByLayer: [1234],
  };
  const validation = { ...metrics, accuracy: { firstSpike: validated, count: validated } };
  const epoch = { trainLoss: 1, trainFirstSpike: accuracy, validationLoss: 1, validationFirstSpike: validated };
  return {
    id: `${seed} ${accuracy}`,
    status: "done",
    seed,
    config: {},
    data: "",
    version: "0",
    result: {
      epochs: 1,
      bestEpoch: 1,
      data: { name: "digits", encoding: null, train: 10, validation: 5, test: 5 },
      validation,
      test: metrics,
      history: [{ ...epoch, spikesPerSample: 30 }],
    },
    ran: { endedAt: "", seconds: 2, samplesPerSecond: 50, host: "a", backend: "native avx2", threads: 2 },
  };
}

interface Ran {
  series: string;
  at?: number;
  attempt?: string;
  records: DoneRecord[];
}

/** A record of a readout, which the membranes decide for. */
function readoutRecord(seed: number, accuracy: number): DoneRecord {
  const read = { ...record(seed, accuracy), config: { loss: { type: "membrane" } } };
  read.result.test.accuracy = { membrane: accuracy };
  for (const epoch of read.result.history) epoch.membrane = accuracy;
  return read;
}

/** A plan of variants with the records of its runs, a seed after the other. */
function ran(...variants: Ran[]): [StudyTable, Plan] {
  const listed = variants.map(({ records: _, ...labels }) => ({ ...labels, settings: {} }));
  const plan = parsePlan({ variants: listed, report: { isQuick: true, command: "npm run experiment -- e" } });
  const seeds = variants[0]?.records.length ?? 0;
  const rows = Array.from({ length: seeds }, (_, seed) =>
    variants.map(({ series, at = null, attempt = null, records }, point): Row => {
      const record = records[seed] as DoneRecord;
      const settings = { series, at, attempt };
      const run = { id: record.id, point, settings, seed: record.seed, rung: 0, config: {}, data: "" };
      return { index: seed * variants.length + point, run, record, score: record.result.validation?.accuracy.firstSpike };
    }),
  ).flat();
  return [{ rows, done: rows.length, failed: 0, missing: 0, others: 0, isOpen: false }, plan];
}

const drawn: Experiment = {
  name: "e",
  title: "two <rules>",
  question: "Which, by `--seeds <n>`?",
  data: () => [],
  seeds: { quick: 1, full: 1 },
  bestBy: "firstSpike",
  axis: "Width",
  variants: () => [],
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "scatter", x: "spikes", y: "firstSpike", title: "Both" },
    { type: "lines", measure: "firstSpike", title: "By width" },
    { type: "epochs", value: "loss", title: "Learning" },
  ],
};

/** The plan, with what the page says of an experiment. */
function reported(plan: Plan, { title, question, axis, figures }: Experiment = drawn): Plan {
  return { ...plan, report: { ...plan.report, title, question, ...(axis && { axis }), figures: [...figures] } };
}

const two = ran(
  { series: "antlr", records: [record(1, 0.9), record(2, 0.94)] },
  { series: "timing", records: [record(1, 0.8), record(2, 0.6)] },
);

describe("runs without the metric of the objective", () => {
  /** First spikes, which the objective is about, beside a readout, which has none. */
  function beside(): [StudyTable, Plan] {
    const read = { series: "readout", records: [readoutRecord(1, 0.95)] };
    const [table, plan] = ran(read, { series: "antlr", records: [record(1, 0.9)] });
    for (const row of table.rows) if (row.run.point === 0) row.score = undefined;
    return [table, plan];
  }

  it("are in every table of variants, which nothing ranks", () => {
    const [table, plan] = beside();
    const points = pointsOf(table, plan);
    expect(points.map(({ place, score }) => [place, score.count])).toEqual([
      ["readout", 0],
      ["antlr", 1],
    ]);
    expect(byScore(points, plan).map(({ place }) => place)).toEqual(["antlr", "readout"]);
    expect(counts(table, plan)).toBe("2 done, 0 failed, 0 missing");
    const html = studyPage({ name: "e", plan: reported(plan), table, points, version: "0" }, []);
    expect(html).toContain("<strong>readout</strong> has the highest test accuracy of 2 variants");
    expect(html).not.toContain("left out");
    expect(summaryCsv(table, plan).split("\n")[1]).toMatch(/^readout,/);
    expect(summaryCsv(table, plan)).toContain("membraneMean");
  });

  it("are left out of a search, which ranks its points, and counted", () => {
    const [table, variants] = beside();
    const plan: Plan = { ...variants, search: { type: "grid" } };
    const points = pointsOf(table, plan);
    expect(points.map(({ rows }) => rows[0].run.settings["series"])).toEqual(["antlr"]);
    expect(counts(table, plan)).toBe(
      "2 done, 0 failed, 0 missing, 1 without the metric of the objective, which tables leave out",
    );
    const html = studyPage({ name: "e", plan, table, points, version: "0" }, []);
    expect(html).toContain("<dt>left out</dt><dd>1 run without the metric of the objective</dd>");
  });
});

describe("points", () => {
  it("have means and sample standard deviations over the seeds", () => {
    expect(spread([1, 2, 3, 6])).toEqual({ mean: 3, deviation: Math.sqrt(14 / 3), count: 4 });
    expect(spread([5])).toEqual({ mean: 5, deviation: 0, count: 1 });
    const [antlr, timing] = pointsOf(...two);
    expect(antlr).toMatchObject({ place: "antlr", rows: [{ record: { seed: 1 } }, { record: { seed: 2 } }] });
    const over = (point: typeof antlr, name: string) => spread(point ? recordsOf(point).map(measure(name).of) : []);
    expect(over(antlr, "firstSpike").mean).toBeCloseTo(92);
    expect(over(antlr, "firstSpike").deviation).toBeCloseTo(Math.sqrt(8));
    expect(over(timing, "perUnit1")).toEqual({ mean: 0.5, deviation: 0, count: 2 });
  });

  it("take the attempt that validates best, not the one that tests best", () => {
    const lucky = { series: "antlr", attempt: "b", records: [record(1, 0.99, 0.7)] };
    const good = { series: "antlr", attempt: "a", records: [record(1, 0.9)] };
    const [table, plan] = ran(lucky, good);
    const points = pointsOf(table, plan);
    expect(bestAttempts(points, plan).map(({ attempt }) => attempt)).toEqual(["a"]);
    expect(points).toHaveLength(2);
    expect(
      summaryCsv(table, plan)
        .split("\n")
        .map((line) => line.split(",").slice(0, 5).join(","))
        .slice(1, 3),
    ).toEqual(["antlr,,b,no,1", "antlr,,a,yes,1"]);
  });
});

describe("tables", () => {
  it("have a row for each run with every measure by its name", () => {
    const [header, first, ...rest] = runsCsv(...two)
      .trim()
      .split("\n");
    expect(rest).toHaveLength(3);
    const cells = new Map(header?.split(",").map((name, k) => [name, first?.split(",")[k]]));
    expect(Object.fromEntries(cells)).toMatchObject({
      series: "antlr",
      at: "",
      seed: "1",
      firstSpike: "90",
      count: "45",
      perUnit0: "0.2",
      silentFraction1: "0.1",
      decisionMedian: "11",
      synapticOperations: "1234",
    });
  });

  it("name every spiking layer of a deep network", () => {
    const deep = record(1, 0.9);
    deep.result.test.spikes.perUnit = Array.from({ length: 12 }, (_, layer) => layer / 4);
    const [table, plan] = ran({ series: "antlr", records: [deep] });
    const [head = [], row = []] = resultTable(pointsOf(table, plan), plan);
    expect(row[head.indexOf("spikes per unit")]).toMatch(/^0\.000 · 0\.250 · .* · 2\.750$/);
    expect(measure("silentFraction11").label).toBe("Share of silent units, layer 11");
  });

  it("have no deviation of a single seed", () => {
    const deviations = (records: DoneRecord[]) => {
      const [header = "", row = ""] = summaryCsv(...ran({ series: "antlr", records })).split("\n");
      return row.split(",").filter((_, column) => header.split(",")[column]?.endsWith("Deviation"));
    };
    const [one, other] = [record(1, 0.5), record(2, 0.6)];
    expect(new Set(deviations([one]))).toEqual(new Set([""]));
    expect(deviations([one, other])).not.toContain("");
  });

  it("quote what needs it", () => {
    expect(runsCsv(...ran({ series: 'a, "b"', records: [record(1, 0.5)] }))).toContain('"a, ""b"""');
  });

  it("read well in a terminal", () => {
    const [table, plan] = two;
    const rows = resultTable(pointsOf(table, plan), plan);
    expect(rows[1]?.slice(0, 2)).toEqual(["antlr", "92.00 ± 2.83"]);
    expect(
      alignedTable([
        ["a", "bb"],
        ["ccc", "d"],
      ]),
    ).toEqual(["a    bb", "ccc  d"]);
  });
});

describe("the page", () => {
  const placed = ran(
    { series: "antlr", at: 10, records: [record(1, 0.9), record(2, 0.94)] },
    { series: "timing", at: 20, records: [record(1, 0.8), record(2, 0.6)] },
  );

  it("stands alone, with the figures and every run", () => {
    const [table, plan] = placed;
    const points = pointsOf(table, plan);
    const study = { name: "e", plan: reported(plan), table, points, version: "0" };
    const html = studyPage(study, figures(points, reported(plan)));
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain("<title>e: two &lt;rules&gt;</title>");
    expect(html).not.toMatch(/\b(src|href)=|url\(|NaN|undefined/);
    expect(html.match(/<figcaption>/g)).toHaveLength(4);
    expect(html).toContain("Which, by <code>--seeds &lt;n&gt;</code>?");
    expect(html).toContain("The validation data chose the epochs");
    // The answer is the first that stands below the title: 90 and 94 % beside 80 and 60 %.
    const [, first = ""] = /<\/h1>\s*<p class="answer">(.*?)<\/p>/.exec(html) ?? [];
    expect(first.replaceAll(/<[^>]*>/g, "")).toBe(
      "antlr, 10 has the highest test accuracy of 2 variants: 92.00 ± 2.83 %. Next is timing, 20 with 70.00 ± 14.14 %, behind in 2 of 2 seeds.",
    );
    expect(html).toContain("Quick version");
    expect(html).toContain("npm run experiment -- e");
    for (const { run } of table.rows) {
      const { series, at } = run.settings;
      expect(html).toMatch(new RegExp(`<th scope="row">${series}, ${at}</th><td>${run.seed}</td>`));
    }
  });

  it("says so where no validation data chose the epoch, and names no objective", () => {
    const last = record(1, 0.9);
    const [table, plan] = ran({ series: "moved", records: [last] });
    last.result.validation = null;
    const study = { name: "e", plan: reported(plan), table, points: pointsOf(table, plan), version: "0" };
    const html = studyPage(study, []);
    expect(html).toContain("The last epoch counts; all is of the test data.");
    expect(html).toContain('<p class="answer"><strong>moved</strong>: test accuracy 90.00 %.</p>');
    expect(html).not.toContain("<dt>objective</dt>");
  });

  it("names the objective that compares attempts where no validation data chose the epoch", () => {
    const tried = [record(1, 0.9), record(1, 0.8)];
    const [table, plan] = ran(...tried.map((one, attempt) => ({ series: "moved", attempt: `${attempt}`, records: [one] })));
    for (const { result } of tried) result.validation = null;
    const study = { name: "e", plan: reported(plan), table, points: pointsOf(table, plan), version: "0" };
    const html = studyPage(study, []);
    expect(html).toContain("The last epoch counts; all but the objective is of the test data.");
    expect(html).toContain("<dt>objective</dt>");
  });

  it("names the decision on the axis of epochs, unless there are several", () => {
    const read = readoutRecord(1, 0.9);
    const experiment: Experiment = { ...drawn, figures: [{ type: "epochs", value: "accuracy", title: "Learning" }] };
    const axisOf = (...series: Parameters<typeof ran>) => {
      const [table, plan] = ran(...series);
      return figures(pointsOf(table, plan), reported(plan, experiment))[0]?.svg;
    };
    const fires = { series: "fires", records: [record(1, 0.8)] };
    expect(axisOf(fires)).toContain("Accuracy by first spike (%)");
    expect(axisOf({ series: "readout", records: [read] })).toContain("Accuracy by membrane (%)");
    expect(axisOf(fires, { series: "readout", records: [read] })).toContain("Accuracy (%)");
  });

  it("draws a measure of the runs that have it, and no figure where none has", () => {
    const read = readoutRecord(1, 0.9);
    const [table, plan] = ran({ series: "fires", records: [record(1, 0.8)] }, { series: "readout", records: [read] });
    const experiment: Experiment = {
      ...drawn,
      figures: ["membrane", "rSquared"].map((name) => ({ type: "spread", measure: name, title: name })),
    };
    const [membrane, ...others] = figures(pointsOf(table, plan), reported(plan, experiment));
    expect(membrane?.svg).toContain("readout");
    expect(membrane?.svg).not.toContain("fires");
    expect(others).toEqual([]);
  });

  it("draws the accuracy of a sweep's readouts against spikes", () => {
    const [table, plan] = ran({ series: "readout", records: [readoutRecord(1, 0.9)] });
    const [epochs, scatter, ...others] = figures(pointsOf(table, plan), plan);
    expect(epochs).toMatchObject({ file: "1-epochs.svg", svg: expect.stringContaining("Accuracy by membrane (%)") });
    expect(scatter).toMatchObject({ file: "2-scatter.svg", svg: expect.stringContaining("readout 90 at 30") });
    expect(others).toEqual([]);
  });

  it("leaves out lines where there is nothing to count along", () => {
    const [table, plan] = two;
    const files = figures(pointsOf(table, plan), reported(plan)).map(({ file }) => file);
    expect(files).toEqual(["1-spread.svg", "2-scatter.svg", "4-epochs.svg"]);
  });
});

describe("the experiments", () => {
  it.each(EXPERIMENTS.map((one) => [one.name, one] as const))("%s is sound", (_, { variants, data, figures, seeds, axis }) => {
    for (const scale of ["quick", "full"] as const) {
      const names = variants(scale).map(variantName);
      expect(names.length).toBeGreaterThan(1);
      expect(new Set(names).size).toBe(names.length);
      expect(data(scale).length).toBeGreaterThan(0);
      expect(seeds[scale]).toBeGreaterThan(0);
      if (variants(scale).some(({ at }) => typeof at === "number")) expect(axis).toBeDefined();
    }
    expect(seeds.full).toBeGreaterThanOrEqual(3);
    for (const figure of figures) if ("measure" in figure) expect(measure(figure.measure).label).not.toBe("");
  });
});

it("the command on a page is one that a shell understands", () => {
  const set = ["training.epochs=2", "network.layers[0].units=5", "a=it's"];
  expect(commandOf("spoken-voices", { quick: true, seeds: "1,2", only: "learnt decays", set })).toBe(
    [
      "npm run experiment -- spoken-voices --quick --seeds 1,2 --only 'learnt decays'",
      "--set training.epochs=2 --set 'network.layers[0].units=5'",
      String.raw`--set 'a=it'\''s'`,
    ].join(" "),
  );
});

describe("--seeds", () => {
  it("is a number of seeds, or a list", () => {
    expect(parseSeeds("3")).toEqual([1, 2, 3]);
    expect(parseSeeds("4,7,4")).toEqual([4, 7]);
    expect(parseSeeds("4,")).toEqual([4]);
    for (const wrong of ["0", "x", "1,y", "-1"]) expect(() => parseSeeds(wrong)).toThrow(UsageError);
  });
});
