// Files of encodings and recordings.
import { datasets, decodeAer, encode, encodeSpikes } from "spikelet";
import { sorted } from "./compare.mjs";

/** @typedef {import("./compare.mjs").Findings} Findings */

/**
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkEncodeLatency({ cases }, findings) {
  for (const [c, { t_first, t_last, T, skip_zero, pixels_0_255: pixels, spike_step: steps }] of cases.entries()) {
    const encoding = encode.latency({ first: t_first, last: t_last, skipZero: skip_zero });
    const events = await encodeSpikes(Uint8Array.from(pixels), encoding, { units: pixels.length, steps: T });
    const found = new Array(pixels.length).fill(-1);
    for (const [, step, unit] of events.triples()) found[unit] = step;
    findings.same(`case ${c}`, found, steps);
  }
}

/**
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkEncodeRate({ type, cases }, findings) {
  const make = type === "encode_stretch" ? encode.stretch : encode.shiftBack;
  for (const [c, { T, n_max, n_min, last, skip_zero, x, events_b_t_i_count: expected }] of cases.entries()) {
    const encoding = make({ max: n_max, min: n_min, round: last ? "down" : "up", skipZero: skip_zero });
    const events = await encodeSpikes(Float32Array.from(x.flat()), encoding, { units: x[0].length, steps: T });
    findings.same(`case ${c}`, sorted(counted(events)), sorted(expected));
  }
}

/**
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkEncodeSeries({ type, cases }, findings) {
  const makers = { encode_delta: encode.delta, encode_levels: encode.levels, encode_current: encode.current };
  const make = makers[/** @type {keyof typeof makers} */ (type)];
  for (const [c, { options, x, events_t_u_count: expected }] of cases.entries()) {
    findings.same(`case ${c}`, await countedSeries(x, make(camelCased(options))), sorted(expected));
  }
}

/**
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkLogMel({ cases }, findings) {
  for (const [c, { options, x, threshold, max_spikes, events_t_u_count: expected }] of cases.entries()) {
    const encoding = encode.delta({ threshold, maxSpikes: max_spikes });
    findings.same(`case ${c}`, await countedSeries(x, encode.logMel({ ...camelCased(options), encoding })), sorted(expected));
  }
}

/**
 * `[step, unit, count]` of one signal.
 *
 * @param {number[][]} x `[time][channel]`
 * @param {import("spikelet").Encoding} encoding
 */
async function countedSeries(x, encoding) {
  const channels = (x[0] ?? []).map((_, channel) => x.map((values) => values[channel] ?? 0));
  const events = await datasets
    .fromSeries({ signals: [channels] })
    .encode(encoding)
    .events({ steps: 0xffff });
  return sorted([...counted(events)].map(([, ...event]) => event));
}

/** @param {Record<string, any>} options of the oracle: `null` where there is none */
function camelCased(options) {
  const given = Object.entries(options).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]));
}

/**
 * `[sample, step, unit, count]` of events that may stand more than once.
 *
 * @param {import("spikelet").SpikeEvents} events
 */
function counted(events) {
  /** @type {Map<string, number[]>} */
  const counts = new Map();
  for (const triple of events.triples()) {
    const entry = counts.get(triple.join()) ?? [...triple, 0];
    entry[3] = Number(entry[3]) + 1;
    counts.set(triple.join(), entry);
  }
  return counts.values();
}

/**
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkAer({ cases }, findings) {
  const size = 34;
  for (const [c, { T, truncate_ms, hex, unique_t_pol_byte0_byte1: expected }] of cases.entries()) {
    const events = await decodeAer(Uint8Array.from(Buffer.from(hex, "hex")), { steps: T, truncateMs: truncate_ms, size });
    const found = [...events.triples()].map(([, step, unit]) => {
      const [row, column] = [Math.floor(unit / size), unit % size];
      return [step, Math.floor(row / size), row % size, column];
    });
    findings.same(`case ${c}`, sorted(found), sorted(expected));
  }
}
