import { expect, it } from "vitest";
import { instanceOf } from "../../ts/check/values.js";

it("what another copy of the package made is refused as such", () => {
  const Ours = class Kind {};
  const Theirs = class Kind {};
  const check = instanceOf(Ours, "a kind");
  for (const other of [new Theirs(), new (class Heir extends Theirs {})()]) {
    expect(() => check(other, "data")).toThrow("data: must be a kind made by the same copy of the package, got another object");
  }
  for (const other of [{}, Object.create(null), { constructor: undefined }, null, 3]) {
    expect(() => check(other, "data")).toThrow(/data: must be a kind, got/);
  }
});
