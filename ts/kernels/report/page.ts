import { type Content, html, type Markup } from "../../report/markup.js";
import { page, type Section } from "../../report/page.js";
import { facts, figure, gallery, table } from "../../report/parts.js";
import { shapeText, timeText } from "../format.js";
import type { KernelLine, KernelRecord, Origin } from "../record.js";
import { unpairedRatio, verdict } from "../statistics.js";
import { roofline, scalingCurves, shares, sparsityCurves, standardLines } from "./figures.js";

/** A record with the name that the page gives it. */
export interface NamedRecord {
  name: string;
  record: KernelRecord;
}

/** The page about records of one or more machines or builds; the first is what the others are compared with. */
export function kernelPage(records: readonly NamedRecord[]): string {
  const sections = records.flatMap(({ name, record }): Section[] => [
    { title: name, content: [about(record.origin), figures(record), kernelTable(record)] },
  ]);
  const [first, ...others] = records;
  const compared = first === undefined ? [] : others.map((other) => comparison(first, other));
  return page({
    title: "Kernels",
    lead: html`<p>What each kernel takes at its standard shape, beside what the machine could do at best: its bytes at the bandwidth of
arrays of that size, or its operations at the rate of separate multiplications and additions, whichever takes longer.</p>\n`,
    sections: [...compared, ...sections],
  });
}

function about({ processor, cores, platform, engine, caches, commit, version, arithmetic, date, load }: Origin): Markup {
  return facts([
    ["processor", processor],
    ["cores", cores],
    ["system", `${platform}, ${engine}`],
    ["caches", caches.join(", ") || "not known"],
    ["build", commit === "" ? version : `${version}, ${commit}`],
    ["arithmetic", arithmetic],
    ["date", date.slice(0, 16).replace("T", " ")],
    ["load before, after", load.some((mean) => mean > 0) ? load.join(", ") : "not known"],
  ]);
}

function figures(record: KernelRecord): Markup {
  const drawn: [readonly (string | undefined)[], string][] = [
    [[shares(record)], "A whole bar would be a kernel that does nothing but wait for that part of the machine."],
    [
      [roofline(record)],
      "A point on a line is as fast as the machine: further left the bytes decide, further right the operations.",
    ],
    [sparsityCurves(record), "A level line costs in proportion to the spikes; one that falls has costs that no spike causes."],
    [scalingCurves(record), "A line that rises leaves a cache."],
  ];
  const all = drawn.flatMap(([figures, caption]) => figures.map((svg) => ({ svg, caption })));
  return gallery(all.flatMap(({ svg, caption }) => (svg === undefined ? [] : [figure(svg, caption)])));
}

function kernelTable(record: KernelRecord): Markup {
  const rows = standardLines(record).map((line): Content[] => {
    const { kernel, shape, nanoseconds, share, spikes, operations } = line;
    return [
      kernel,
      shapeText(shape),
      timeText(nanoseconds.median),
      `${timeText(nanoseconds.low)} … ${timeText(nanoseconds.high)}`,
      share === undefined ? "" : `${Math.round(100 * share.ofCeiling)} %`,
      share?.bound ?? "",
      spikes === 0 ? "" : (operations / spikes).toFixed(0),
      ...waysOf(record, line),
    ];
  });
  const ways = [...new Set(record.lines.map(({ way }) => way))].slice(1);
  return table(["kernel", "shape", "time", "95 % interval", "of the ceiling", "bound", "operations a spike", ...ways], rows);
}

/** Speeds of the other ways at the same shape, over that of the line. */
function waysOf({ lines }: KernelRecord, of: KernelLine): string[] {
  const ways = [...new Set(lines.map(({ way }) => way))].slice(1);
  return ways.map((way) => {
    const other = lines.find(
      (one) =>
        one.kernel === of.kernel && one.way === way && one.threads === of.threads && shapeText(one.shape) === shapeText(of.shape),
    );
    return other?.ratio === undefined ? "" : `× ${other.ratio.median.toPrecision(2)}`;
  });
}

function comparison(first: NamedRecord, other: NamedRecord): Section {
  const lines = new Map(standardLines(first.record).map((line) => [line.kernel, line]));
  const rows = standardLines(other.record).flatMap((line): Content[][] => {
    const before = lines.get(line.kernel);
    if (before === undefined) return [];
    const ratio = unpairedRatio(before.nanoseconds, line.nanoseconds);
    const interval = `${ratio.low.toPrecision(3)} … ${ratio.high.toPrecision(3)}`;
    return [
      [
        line.kernel,
        timeText(before.nanoseconds.median),
        timeText(line.nanoseconds.median),
        `× ${ratio.median.toPrecision(3)}`,
        interval,
        verdict(ratio),
      ],
    ];
  });
  return {
    title: `${other.name} against ${first.name}`,
    content: table(["kernel", first.name, other.name, "speed", "interval", "verdict"], rows),
  };
}
