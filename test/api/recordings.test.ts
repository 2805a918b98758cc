import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, parseRecording } from "spikelet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mutated } from "../support/mutations.js";

type Event = readonly [time: number, x: number, y: number, polarity: number];

/** In microseconds; the third lies beyond what the lower bits of a time hold. */
const EVENTS: readonly Event[] = [
  [5, 3, 2, 1],
  [70, 0, 1, 0],
  [20_000, 120, 100, 1],
];

const text = (lines: string) => Array.from(lines, (letter) => letter.charCodeAt(0));

function words(header: string, values: readonly number[], size: 2 | 4): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * values.length));
  for (const [k, value] of values.entries()) {
    if (size === 2) view.setUint16(2 * k, value, true);
    else view.setUint32(4 * k, value, true);
  }
  return Uint8Array.from([...text(header), ...new Uint8Array(view.buffer)]);
}

/** Words of EVT 2.0: upper part of each time, then the event; a trigger in between is no event. */
function evt2(events: readonly Event[], header = "% evt 2.0\n% end\n"): Uint8Array {
  const of = ([time, x, y, polarity]: Event) => [
    (0x8 << 28) | (time >>> 6),
    0xa << 28,
    (polarity << 28) | ((time & 0x3f) << 22) | (x << 11) | y,
  ];
  return words(
    header,
    events.flatMap((event) => of(event).map((word) => word >>> 0)),
    4,
  );
}

/** Words of EVT 3.0 with one word for each event. */
function evt3(events: readonly Event[]): Uint8Array {
  const of = ([time, x, y, polarity]: Event) => [
    0x8000 | ((time >>> 12) & 0xfff),
    0x6000 | (time & 0xfff),
    y,
    0xa000,
    0x2000 | (polarity << 11) | x,
  ];
  return words("% format EVT3;height=128;width=128\n% end\n", events.flatMap(of), 2);
}

const HEAD = "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n";

/** A packet of AEDAT 3.1. */
function packet(type: number, events: readonly Event[], { overflow = 0, isValid = true } = {}): number[] {
  const view = new DataView(new ArrayBuffer(28 + 8 * events.length));
  view.setInt16(0, type, true);
  view.setInt16(2, 1, true);
  for (const [k, value] of [8, 4, overflow, events.length, events.length, events.length].entries())
    view.setInt32(4 + 4 * k, value, true);
  for (const [k, [time, x, y, polarity]] of events.entries()) {
    view.setUint32(28 + 8 * k, ((x << 17) | (y << 2) | (polarity << 1) | Number(isValid)) >>> 0, true);
    view.setInt32(32 + 8 * k, time, true);
  }
  return Array.from(new Uint8Array(view.buffer));
}

const aedat = (...packets: number[][]) => Uint8Array.from([...text(HEAD), ...packets.flat()]);

const listed = (bytes: Uint8Array) => {
  const { times, x, y, polarities } = parseRecording(bytes);
  return Array.from(times, (time, k) => [time, x[k], y[k], polarities[k]]);
};

describe("a recording of an event camera", () => {
  it.each([
    { name: "EVT 2.0", bytes: evt2(EVENTS) },
    { name: "EVT 2.0 without the end of a header", bytes: evt2(EVENTS, "% date 2026\n% format EVT2;height=128\n") },
    { name: "EVT 3.0", bytes: evt3(EVENTS) },
    { name: "AEDAT 3.1", bytes: aedat(packet(1, EVENTS.slice(0, 1)), packet(2, EVENTS), packet(1, EVENTS.slice(1))) },
  ])("is read as $name", ({ bytes }) => {
    expect(listed(bytes)).toEqual(EVENTS);
  });

  it("has the events of vectors, whose base moves on", () => {
    const vectors = [0x8000, 0x6007, 5, 0x3000 | 0x800 | 10, 0x4000 | 0b1000_0000_0001, 0x5000 | 0b10];
    expect(listed(words("% evt 3.0\n% end\n", vectors, 2))).toEqual([
      [7, 10, 5, 1],
      [7, 21, 5, 1],
      [7, 23, 5, 1],
    ]);
  });

  it("goes on where the upper part of a time begins again", () => {
    const turned = words("% evt 3.0\n% end\n", [0x8fff, 0x6001, 0x2000, 0x8000, 0x6002, 0x2000], 2);
    expect(listed(turned).map(([time]) => time)).toEqual([0xfff001, 0x1000002]);
    const later = aedat(packet(1, [[3, 1, 1, 0]], { overflow: 1 }), packet(1, [[9, 1, 1, 0]], { isValid: false }));
    expect(listed(later)).toEqual([[2 ** 31 + 3, 1, 1, 0]]);
  });

  it.each([
    { name: "another format", bytes: Uint8Array.from(text("RIFF")), path: "byte 0" },
    { name: "an end within a word", bytes: evt2(EVENTS).slice(0, -1), path: "byte 48" },
    { name: "an end within a packet", bytes: aedat(packet(1, EVENTS)).slice(0, -3), path: `byte ${HEAD.length}` },
    { name: "an end within the header of a packet", bytes: aedat(packet(1, []).slice(0, 20)), path: `byte ${HEAD.length}` },
  ])("is refused: $name", ({ bytes, path }) => {
    expect(() => parseRecording(bytes)).toThrow(expect.objectContaining({ code: "DATA_FORMAT", path }));
  });

  it("is read or refused, however it is damaged", () => {
    for (const whole of [evt2(EVENTS), evt3(EVENTS), aedat(packet(1, EVENTS))]) {
      for (let seed = 1; seed <= 50; seed++) {
        try {
          parseRecording(mutated(whole, seed));
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "DATA_FORMAT" });
        }
      }
    }
  });
});

describe("a data set of recordings", () => {
  const how = { sensor: [128, 128], size: [32, 32], steps: 10, stepLength: 50 } as const;

  it("has a spike for the events of a place and a step, from the first event on", () => {
    const doubled: Event[] = [...EVENTS.slice(0, 2), [71, 3, 2, 0]];
    const data = datasets.fromRecordings({ ...how, recordings: [evt3(doubled), evt2(EVENTS)], labels: ["a", "b"] });
    expect(data.info).toMatchObject({ shape: [2, 32, 32], steps: 10, classes: ["a", "b"] });
    return data.events({ steps: 10 }).then((events) => {
      expect(events.sample(0)).toEqual({ times: Uint16Array.of(0, 1), units: Uint32Array.of(32 * 32, 0) });
      expect(events.sample(1).times).toEqual(Uint16Array.of(0, 1));
    });
  });

  it("is refused for events outside of the sensor, by the recording", () => {
    const small = { ...how, sensor: [64, 64] as const };
    const refused = { code: "DATA_FORMAT", path: "recordings[1]: event 2" };
    expect(() => datasets.fromRecordings({ ...small, recordings: [evt2(EVENTS.slice(0, 2)), evt2(EVENTS)] })).toThrow(
      expect.objectContaining(refused),
    );
  });
});

describe("DVS-Gesture", () => {
  let dir: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "spikelet-gesture-"));
    const labels = "class,startTime_usec,endTime_usec\n2,0,100\n11,10000,30000\n";
    for (const user of ["user01_led", "user24_lab"]) {
      await writeFile(join(dir, `${user}.aedat`), aedat(packet(1, EVENTS)));
      await writeFile(join(dir, `${user}_labels.csv`), labels);
    }
    await writeFile(join(dir, "trials_to_train.txt"), "user01_led.aedat\n");
    await writeFile(join(dir, "trials_to_test.txt"), "user24_lab.aedat\n\n");
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("has a sample for each gesture, and keeps the published test", async () => {
    const data = await datasets.dvsGesture({ dir, steps: 5, stepLength: 50 });
    expect(data).toMatchObject({ length: 4, labels: Uint32Array.of(1, 10, 1, 10), info: { shape: [2, 32, 32], testSamples: 2 } });
    expect(data.info.classes?.[1]).toBe("right_hand_wave");
    const events = await data.events({ steps: 5 });
    expect([0, 1].map((k) => Array.from(events.sample(k).times))).toEqual([[0, 1], [0]]);
  });

  it.each([
    { name: "trials_to_test.txt", content: "../elsewhere.aedat\n", path: "trials_to_test.txt" },
    {
      name: "user01_led_labels.csv",
      content: "class,startTime_usec,endTime_usec\n12,0,1\n",
      path: "user01_led_labels.csv, line 2",
    },
    { name: "user01_led.aedat", content: "no recording", path: "user01_led.aedat: byte 0" },
  ])("is refused with the file: $name", async ({ name, content, path }) => {
    await writeFile(join(dir, name), content);
    await expect(datasets.dvsGesture({ dir })).rejects.toMatchObject({ code: "DATA_FORMAT", path: join(dir, path) });
  });
});
