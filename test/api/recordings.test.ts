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

const CHIP = "# AEChip: eu.seebetter.ini.chips.davis.Davis240C\r\n";

/** Events of AEDAT 2.0, with addresses of a DAVIS 240 or a DVS128; rows count from the bottom there. */
function aedat2(events: readonly Event[], header = CHIP, others: readonly number[] = []): Uint8Array {
  const isDavis = header.includes("Davis");
  const words = events.flatMap(([time, x, y, polarity]) => {
    const address = isDavis ? ((179 - y) << 22) | (x << 12) | (polarity << 11) : ((127 - y) << 8) | (x << 1) | polarity;
    return [address, time];
  });
  const view = new DataView(new ArrayBuffer(4 * (words.length + others.length)));
  for (const [k, word] of [...words, ...others].entries()) view.setUint32(4 * k, word >>> 0);
  return Uint8Array.from([...text(`#!AER-DAT2.0\r\n# a raw AE data file\r\n${header}`), ...new Uint8Array(view.buffer)]);
}

/** A FlatBuffer with its size before it: one table, whose fields begin at these places of it. */
function flatBuffer(identifier: string, fields: readonly number[], content: Uint8Array): number[] {
  const offsets = 4 + 2 * fields.length;
  const table = 12 + 4 * Math.ceil(offsets / 4);
  const view = new DataView(new ArrayBuffer(table + content.length));
  view.setUint32(0, view.byteLength - 4, true);
  view.setUint32(4, table - 4, true);
  for (const [k, letter] of text(identifier).entries()) view.setUint8(8 + k, letter);
  for (const [k, value] of [offsets, content.length, ...fields].entries()) view.setUint16(12 + 2 * k, value, true);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(content, table);
  view.setInt32(table, table - 12, true);
  return [...bytes];
}

/** A packet of AEDAT 4.0 with events, not compressed. */
function eventPacket(events: readonly Event[], identifier = "EVTS"): number[] {
  // Offset to the offsets, offset to the vector, its length, its structures.
  const view = new DataView(new ArrayBuffer(12 + 16 * events.length));
  view.setUint32(4, 4, true);
  view.setUint32(8, events.length, true);
  for (const [k, [time, x, y, polarity]] of events.entries()) {
    view.setBigInt64(12 + 16 * k, BigInt(time), true);
    view.setInt16(20 + 16 * k, x, true);
    view.setInt16(22 + 16 * k, y, true);
    view.setUint8(24 + 16 * k, polarity);
  }
  return flatBuffer(identifier, [4], new Uint8Array(view.buffer));
}

/** AEDAT 4.0 with packets of one stream, behind which a table of them may lie. */
function aedat4(packets: readonly (readonly number[])[], { compression = 0, table = [] as readonly number[] } = {}): Uint8Array {
  const [magic, description] = [text("#!AER-DAT4.0\r\n"), text(DESCRIPTION)];
  const sized = packets.flatMap((packet) => [...new Uint8Array(Int32Array.of(0, packet.length).buffer), ...packet]);
  const header = (position: bigint) => {
    // Offset to the offsets, compression, position of the table, offset to the description.
    const view = new DataView(new ArrayBuffer(24 + description.length + 1));
    view.setInt32(4, compression, true);
    view.setBigInt64(8, position, true);
    view.setUint32(16, 4, true);
    view.setUint32(20, description.length, true);
    const bytes = new Uint8Array(view.buffer);
    bytes.set(description, 24);
    return flatBuffer("IOHE", [4, 8, 16], bytes);
  };
  const end = magic.length + header(-1n).length + sized.length;
  return Uint8Array.from([...magic, ...header(table.length > 0 ? BigInt(end) : -1n), ...sized, ...table]);
}

const DESCRIPTION = `<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/"><node name="0" path="/mainloop/Recorder/outInfo/0/">
<attr key="compression" type="string">NONE</attr><attr key="typeIdentifier" type="string">EVTS</attr>
<node name="info" path="/mainloop/Recorder/outInfo/0/info/"><attr key="sizeX" type="int">346</attr><attr key="sizeY" type="int">260</attr></node>
</node></node></dv>`;

const aedat = (...packets: number[][]) => Uint8Array.from([...text(HEAD), ...packets.flat()]);

/** Sixteen events in a packet, as liblz4 packs it. */
const PACKED = Buffer.from(
  "BCJNGGxAIAEAAAAAAADQqQAAAPAJHAEAABAAAABFVlRTBgAMAQQAAAAIAAAACAAAGACwAACkBzGvBQAAAAcNACMAZBAAkwEABwABAAAAyBAAEwIgACIsATAAEwMgABOQEAAEQAAT9BAABEAAIlgCMAAEQAATvBAABEAAIiADIAAEQAAThBAABEAAE+gQAARAACJMBDAABEAAE7AQAARAACIUBSAABEAAE3gQAARAABPcEACAAwAHAAEAAAAAAAAAvrMd7w==",
  "base64",
);
const PACKED_EVENTS: readonly Event[] = Array.from({ length: 16 }, (_, k) => [1_600_000_000_000_000 + 100 * k, k % 4, 7, k % 2]);

const listed = (bytes: Uint8Array) => {
  const { times, x, y, polarities } = parseRecording(bytes);
  return Array.from(times, (time, k) => [time, x[k], y[k], polarities[k]]);
};

describe("a recording of an event camera", () => {
  it.each([
    { name: "EVT 2.0", bytes: evt2(EVENTS) },
    { name: "EVT 2.0 without the end of a header", bytes: evt2(EVENTS, "% date 2026\n% format EVT2;height=128\n") },
    { name: "EVT 3.0", bytes: evt3(EVENTS) },
    { name: "AEDAT 2.0 of a DAVIS", bytes: aedat2(EVENTS) },
    { name: "AEDAT 2.0 of a DVS128", bytes: aedat2(EVENTS, "# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n") },
    { name: "AEDAT 2.0 without a camera, with the end of a header", bytes: aedat2(EVENTS, "#End Of ASCII Header\r\n") },
    { name: "AEDAT 4.0", bytes: aedat4([eventPacket(EVENTS.slice(0, 2)), eventPacket([]), eventPacket(EVENTS.slice(2))]) },
    {
      name: "AEDAT 4.0 with a table",
      bytes: aedat4([eventPacket(EVENTS)], { table: flatBuffer("FTAB", [], new Uint8Array(8)) }),
    },
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

  it("is unpacked where AEDAT 4.0 is compressed with LZ4", () => {
    for (const compression of [1, 2]) {
      expect(listed(aedat4([[...PACKED], [...PACKED]], { compression }))).toEqual([...PACKED_EVENTS, ...PACKED_EVENTS]);
    }
  });

  it("has no events but changes of brightness", () => {
    // A sample of a frame and a signal from outside.
    const others = [0x8000_0000, 1, 0x400, 2];
    expect(listed(aedat2(EVENTS, CHIP, others))).toEqual(EVENTS);
    expect(listed(aedat2(EVENTS, "#End Of ASCII Header\r\n", [0x8000, 3]))).toEqual(EVENTS);
    expect(listed(aedat4([eventPacket(EVENTS), eventPacket(EVENTS, "IMUS")]))).toEqual(EVENTS);
  });

  it("goes on where the upper part of a time begins again", () => {
    const turned = words("% evt 3.0\n% end\n", [0x8fff, 0x6001, 0x2000, 0x8000, 0x6002, 0x2000], 2);
    expect(listed(turned).map(([time]) => time)).toEqual([0xfff001, 0x1000002]);
    const later = aedat(packet(1, [[3, 1, 1, 0]], { overflow: 1 }), packet(1, [[9, 1, 1, 0]], { isValid: false }));
    expect(listed(later)).toEqual([[2 ** 31 + 3, 1, 1, 0]]);
    const times = [0xffff_fffe, 1];
    expect(listed(aedat2(times.map((time) => [time, 1, 1, 0]))).map(([time]) => time)).toEqual([2 ** 32 - 2, 2 ** 32 + 1]);
  });

  it.each([
    { name: "another format", bytes: Uint8Array.from(text("RIFF")), path: "byte 0" },
    { name: "an end within a word", bytes: evt2(EVENTS).slice(0, -1), path: "byte 48" },
    { name: "an end within a packet", bytes: aedat(packet(1, EVENTS)).slice(0, -3), path: `byte ${HEAD.length}` },
    { name: "an end within the header of a packet", bytes: aedat(packet(1, []).slice(0, 20)), path: `byte ${HEAD.length}` },
    { name: "an end within an event", bytes: aedat2(EVENTS).slice(0, -1), path: /^byte \d+$/, why: "within an event" },
    { name: "an unknown camera", bytes: aedat2([], "# AEChip: cochlea.CochleaAMS1c\r\n"), path: "byte 0", why: "CochleaAMS1c" },
    { name: "no camera, but no DVS128", bytes: aedat2([], "", [1 << 22, 0]), path: "byte 0", why: "names no camera" },
    { name: "a row beyond the camera", bytes: aedat2([], CHIP, [300 << 22, 0]), path: /^byte \d+$/, why: "row 300" },
    { name: "the compression ZSTD", bytes: aedat4([], { compression: 3 }), path: "byte 14", why: "ZSTD" },
    { name: "an unknown compression", bytes: aedat4([], { compression: 9 }), path: "byte 14", why: "compression 9" },
    {
      name: "a packet that is cut",
      bytes: aedat4([eventPacket(EVENTS)]).slice(0, -1),
      path: /^byte \d+$/,
      why: "within a packet",
    },
    { name: "a packet that is none", bytes: aedat4([[1, 2, 3]]), path: /^byte \d+$/, why: "beyond its end" },
    {
      name: "a packet that is not packed",
      bytes: aedat4([eventPacket(EVENTS)], { compression: 1 }),
      path: /^byte \d+$/,
      why: "LZ4",
    },
    {
      name: "a packet that ends too early",
      bytes: aedat4([[...PACKED.subarray(0, -30)]], { compression: 1 }),
      path: /^byte \d+$/,
      why: "LZ4",
    },
  ])("is refused: $name", ({ bytes, path, why = "" }) => {
    const refused = { code: "DATA_FORMAT", path: typeof path === "string" ? path : expect.stringMatching(path) };
    expect(() => parseRecording(bytes)).toThrow(expect.objectContaining({ ...refused, message: expect.stringContaining(why) }));
  });

  it("does not fill the memory from a few bytes", () => {
    // One literal, then a match whose length has 255 more for each byte: 102 MB.
    const long = new Uint8Array(400_000).fill(255);
    const block = [0x1f, 0, 1, 0, ...long, 0, 0x10, 0];
    const size = [...new Uint8Array(Uint32Array.of(block.length).buffer)];
    const frame = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0, ...size, ...block, 0, 0, 0, 0];
    const bytes = aedat4([frame], { compression: 1 });
    expect(() => parseRecording(bytes)).toThrow(
      expect.objectContaining({ message: expect.stringContaining("unpacks to more than") }),
    );
  });

  it("is read or refused, however it is damaged", () => {
    const packed = aedat4([[...PACKED]], { compression: 1 });
    for (const whole of [
      evt2(EVENTS),
      evt3(EVENTS),
      aedat(packet(1, EVENTS)),
      aedat2(EVENTS),
      aedat4([eventPacket(EVENTS)]),
      packed,
    ]) {
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
