import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { afterEach, describe, expect, it, vi } from "vitest";
import { coloursOf } from "../../ts/cli/colour.js";
import { say } from "../../ts/cli/print.js";

/** A stream that says it is a terminal, or that it is none. */
function stream(isTTY: boolean): NodeJS.WriteStream {
  const { hasColors, getColorDepth } = WriteStream.prototype;
  return Object.assign(new PassThrough(), { isTTY, hasColors, getColorDepth }) as unknown as NodeJS.WriteStream;
}

describe("colours", () => {
  afterEach(() => vi.unstubAllEnvs());

  const inEnvironment = (values: Record<string, string | undefined>) => {
    for (const name of ["NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS", "CI", "TERM", "COLORTERM", "TMUX"]) {
      vi.stubEnv(name, values[name]);
    }
  };

  it("are for terminals", () => {
    inEnvironment({ TERM: "xterm-256color" });
    expect(coloursOf(stream(true)).red("x")).toBe("\x1b[31mx\x1b[39m");
    expect(coloursOf(stream(false)).red("x")).toBe("x");
  });

  it.each([{ NO_COLOR: "1", TERM: "xterm-256color" }, { TERM: "dumb" }])("are left out with %j", (environment) => {
    inEnvironment(environment);
    expect(coloursOf(stream(true)).red("x")).toBe("x");
  });

  it("do not reach a pipe in CI", () => {
    inEnvironment({ CI: "1", TERM: "xterm-256color" });
    expect(coloursOf(stream(false)).red("x")).toBe("x");
  });
});

it("names from files move no cursor and write no title", () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  say("\x1b[8mhidden\x1b[28m \u202eturned");
  expect(written.mock.lastCall).toEqual(["\ufffd[8mhidden\ufffd[28m \ufffdturned\n"]);
  written.mockClear();
  say("\x1b[31mtraining\x1b[39m on \x1b[2J\x1b]0;title\x07\x9b1A\r\tx\ny");
  expect(written.mock.calls).toEqual([["\x1b[31mtraining\x1b[39m on \ufffd[2J\ufffd]0;title\ufffd\ufffd1A\ufffd\tx\ny\n"]]);
  written.mockRestore();
});
