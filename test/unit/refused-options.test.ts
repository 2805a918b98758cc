import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { runCli } from "../../ts/cli/app.js";
import { EXIT } from "../../ts/cli/exit.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/exchange/${name}`, import.meta.url));
const gradients = ["gradients", "--checkpoint", "none.safetensors"];
const exported = (name: string) => ["export", "--checkpoint", "none.safetensors", "--out", name];
const imported = (name: string) => ["import", fixture(name), "--out", join(tmpdir(), "none.safetensors")];

afterEach(() => vi.restoreAllMocks());

it.each([
  [[...gradients, "--set", "network.steps=20"], "--checkpoint takes the configuration from the checkpoint: leave --set out"],
  [[...gradients, "--seed", "2"], "--checkpoint takes the configuration from the checkpoint: leave --seed out"],
  [[...gradients, "--preset", "digits"], "--checkpoint takes the configuration from the checkpoint: leave --preset out"],
  [[...gradients, "--arrays"], "--arrays needs --json"],
  [["data", "show", "yinYang", "--dir", "there"], "yinYang reads no folder: leave --dir there out"],
  [["data", "show", "--set", "dataset=yinYang"], "--set dataset has no effect: give the name of the data set instead"],
  [["bench", "--case", "conv", "--data", "there"], "the case conv draws its samples: leave --data out"],
  [["bench", "--case", "mnist", "--max-memory", "1B"], "--max-memory needs a configuration"],
  [["bench", "--encode", "latency:0:24"], "--encode needs a configuration"],
  [[...exported("a.safetensors"), "--dt", "0.001"], "safetensors holds weights alone: leave --dt out"],
  [[...exported("a.npz"), "--discretization", "euler"], "npz holds weights alone: leave --discretization out"],
  [[...exported("a.npz"), "--bias", "leak"], "npz holds weights alone: leave --bias out"],
  [[...imported("lif.nir"), "--set", "training.epochs=3"], "has no configuration to change: leave --set out"],
  [[...imported("lif.nir"), "--seed", "2"], "a NIR file without --config or --preset has no configuration to change"],
  [[...imported("lif.nir"), "--names", "a,b"], "lif.nir is a NIR file, whose weights need no names: leave --names out"],
  [[...imported("authors.pt"), "--preset", "mnist", "--steps", "9"], "authors.pt is no NIR file: leave --steps out"],
  [[...imported("authors.pt"), "--preset", "mnist", "--dt", "1"], "authors.pt is no NIR file: leave --dt out"],
  [[...imported("authors.pt"), "--discretization", "exact"], "authors.pt is no NIR file: leave --discretization out"],
  [["info", "--svg", "network.svg"], "there is no CONFIG whose network could be drawn: leave --svg out"],
  [[...imported("authors.pt"), "--reset", "subtract"], "authors.pt is no NIR file: leave --reset out"],
])("%j is refused, as it would have no effect", async (words, message) => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  expect(await runCli(words)).toBe(EXIT.usage);
  expect(said.mock.calls.join("")).toContain(message);
});
