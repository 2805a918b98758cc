import { spread } from "../../dist/cli/bench/statistics.js";
import { median } from "../../dist/spread.js";
import { grouped, percent, table } from "../shared/table.mjs";
import { PEERS } from "./peers.mjs";

/** Rates of both sides and their ratio, turn by turn. */
export function comparisonTable(rows) {
  const versions = new Map(rows.map(({ peer, about }) => [peer, about.other.version]));
  return [
    ...table(
      [
        "library",
        "case",
        "phase",
        "batch",
        "threads",
        "samples/s",
        "ours",
        "ratio",
        "spread of the ratio",
        "ratio by processor time",
        "peak MB",
        "ours, MB",
        "spikes a sample",
        "ours, spikes",
      ],
      rows.map(row),
    ),
    ...[...versions].map(([peer, version]) => `- ${peer} ${version}: ${PEERS[peer]}`),
    ...[...new Set(rows.map(({ about: { ours } }) => `- ours ${ours.version}: ${ours.configuration}`))],
    "",
  ];
}

function row({ peer, name, phase, batch, threads, turns }) {
  const rate = ({ samples, seconds }) => samples / seconds;
  const perProcessorSecond = ({ samples, processorSeconds }) => samples / processorSeconds;
  const ratios = turns.map(({ other, ours }) => rate(ours) / rate(other));
  const last = turns.at(-1);
  const spikes = ({ spikesPerSample }) => spikesPerSample.map(grouped).join(" + ");
  return [
    peer,
    name,
    phase,
    batch,
    threads,
    median(turns.map(({ other }) => rate(other))),
    median(turns.map(({ ours }) => rate(ours))),
    median(ratios),
    percent(spread(ratios)),
    median(turns.map(({ other, ours }) => perProcessorSecond(ours) / perProcessorSecond(other))),
    last.other.peakMemoryBytes / 1e6,
    last.ours.peakMemoryBytes / 1e6,
    spikes(last.other),
    spikes(last.ours),
  ];
}
