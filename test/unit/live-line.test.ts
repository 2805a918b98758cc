import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveLine, withProgress } from "../../ts/cli/live-line.js";

/** A stream that keeps what is written, and a line on it. */
function line(isTTY: boolean, columns = 80): { live: LiveLine; text: () => string } {
  const chunks: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => chunks.push(text) > 0 };
  return { live: new LiveLine("samples read", stream as unknown as NodeJS.WriteStream), text: () => chunks.join("") };
}

describe("the live line", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => vi.useRealTimers());

  it("stands on a terminal once work takes more than a second, and goes away at its end", () => {
    const { live, text } = line(true);
    live.show({ done: 1, all: 4 });
    vi.advanceTimersByTime(999);
    live.show({ done: 2, all: 4 });
    expect(text()).toBe("");
    vi.advanceTimersByTime(1);
    live.show({ done: 2000, all: 4000 });
    expect(text()).toBe("\r[==========          ] 2,000 of 4,000 samples read\x1b[K");
    live.show({ done: 3000, all: 4000 });
    vi.advanceTimersByTime(100);
    live.show({ done: 4000, all: 4000 });
    live.close();
    live.close();
    expect(text().endsWith("\r[====================] 4,000 of 4,000 samples read\x1b[K\r\x1b[K")).toBe(true);
    expect(text().match(/\r/g)).toHaveLength(3);
  });

  it("is never longer than the terminal is wide", () => {
    const { live, text } = line(true, 30);
    vi.advanceTimersByTime(1000);
    live.show({ done: 0, all: 0 });
    expect(text()).toBe("\r[                    ] 0 of 0\x1b[K");
  });

  it("says nothing elsewhere, and nothing to who reads JSON", async () => {
    const { live, text } = line(false);
    vi.advanceTimersByTime(5000);
    live.show({ done: 1, all: 2 });
    live.close();
    expect(text()).toBe("");
    expect(await withProgress("samples", true, async (onProgress) => onProgress)).toBeUndefined();
    expect(await withProgress("samples", false, async (onProgress) => typeof onProgress)).toBe("function");
  });
});
