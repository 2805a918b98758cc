import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LatestAnswers } from "../../ts/cli/watch/latest-answers.js";
import { WatchedFolder } from "../../ts/cli/watch/watched-folder.js";
import { WatchServer } from "../../ts/report/watch/server.node.js";

/** An empty folder for a test of watching. */
export const folder = () => mkdtemp(join(tmpdir(), "spikelet-watch-"));

/** A server for files that a test writes itself. */
export async function served(dir: string): Promise<WatchServer> {
  const answers = new LatestAnswers(join(dir, "last.safetensors"), () => Promise.reject(new Error("no data")), {
    backend: "auto",
    signal: new AbortController().signal,
  });
  return WatchServer.start(new WatchedFolder(dir, answers), 0);
}
