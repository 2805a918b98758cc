import { describe, expect, it } from "vitest";
import { escaped, printable } from "../../ts/escaped.js";

describe("text that is shown", () => {
  it.each([
    ["control characters", "a\u0000b\u001b[8mc\u0007d\u009be\u007f\r", "a\ufffdb\ufffd[8mc\ufffdd\ufffde\ufffd\ufffd"],
    ["characters that turn text round", "x\u202egnp.exe\u2066a\u2069\u200f\u061c", "x\ufffdgnp.exe\ufffda\ufffd\ufffd\ufffd"],
    ["separators, marks and halves of pairs", "a\u2028b\u2029c\ufeffd\ud800e\uffff", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd"],
  ])("has a sign in the place of %s", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(escaped(`<${text}`)).toBe(`&lt;${shown}`);
  });

  it("is otherwise as it was, in every script", () => {
    const text = "tab\tline\nÄ é 数字 שלום مرحبا 👩‍🔬 R² σ'(V)";
    expect(printable(text)).toBe(text);
  });
});
