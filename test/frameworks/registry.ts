import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { inFrameworks } from "./project.js";

/** A registry of npm packages on this machine, empty at first, that knows no other. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** Environment of npm with this registry and a cache of its own. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Starts Verdaccio, with a version of Node that it takes. */
export async function startRegistry(node: string): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-registry-"));
  const port = await freePort();
  const config = {
    storage: join(folder, "storage"),
    auth: {},
    uplinks: {},
    packages: { "**": { access: "$all", publish: "$all", unpublish: "$all" } },
    web: { enable: false },
    log: { type: "stdout", format: "json", level: "http" },
    max_body_size: "100mb",
  };
  // JSON is YAML.
  await writeFile(join(folder, "config.yaml"), JSON.stringify(config));
  const words = [
    inFrameworks("verdaccio/bin/verdaccio"),
    "--config",
    join(folder, "config.yaml"),
    "--listen",
    `127.0.0.1:${port}`,
  ];
  const server = spawn(node, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  createInterface({ input: server.stderr as Readable }).on("line", (line) => said.push(line));
  const lines = createInterface({ input: server.stdout as Readable });
  const listens = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      said.push(line);
      if (line.includes(`127.0.0.1:${port}`)) resolve();
    });
  });
  const ended = once(server, "exit").then(() => {
    throw new Error(`Verdaccio ended:\n${said.join("\n")}`);
  });
  await Promise.race([listens, ended]);
  ended.catch(() => {});
  const url = `http://127.0.0.1:${port}/`;
  const npmrc = join(folder, "npmrc");
  await writeFile(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`);
  return {
    url,
    environment: {
      ...process.env,
      npm_config_userconfig: npmrc,
      npm_config_registry: url,
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_cache: join(folder, "cache"),
    },
    async [Symbol.asyncDispose]() {
      server.kill();
      await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
