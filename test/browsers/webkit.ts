import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PATIENCE } from "../support/patience.js";
import { programOf, type TriedBrowser, WINDOW } from "./browser.js";

const LIBRARIES = "/usr/lib";

/** The programs that WebKit takes. */
export interface WebKitPrograms {
  readonly driver: string;
  readonly browser: string;
  /** A screen that nobody sees. */
  readonly screen: string;
}

/** The programs of WebKitGTK, where they are on this machine. */
export function findWebKit(): WebKitPrograms | undefined {
  const [driver, screen] = [programOf("WebKitWebDriver"), programOf("Xvfb")];
  const browser = existsSync(LIBRARIES)
    ? readdirSync(LIBRARIES)
        .flatMap((machine) => ["webkit2gtk-4.1", "webkitgtk-6.0"].map((name) => join(LIBRARIES, machine, name, "MiniBrowser")))
        .find((file) => existsSync(file))
    : undefined;
  return driver && screen && browser ? { driver, browser, screen } : undefined;
}

/** WebKit, driven over WebDriver. */
export async function openWebKit({ driver, browser, screen }: WebKitPrograms): Promise<TriedBrowser> {
  const display = spawn(screen, ["-displayfd", "3", "-screen", "0", "1400x1100x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await firstLine(display);
  const port = await freePort();
  const server = spawn(driver, [`--port=${port}`], {
    stdio: "ignore",
    env: {
      ...process.env,
      DISPLAY: `:${number}`,
      // A machine without a graphics card draws in memory; its sandbox needs rights that containers lack.
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  });
  const end = () => {
    server.kill();
    display.kill();
  };
  try {
    const { ask, version } = await begun(`http://127.0.0.1:${port}`, browser);
    return pageOf(ask, version, end);
  } catch (thrown) {
    end();
    throw thrown;
  }
}

/** Sends a command of WebDriver to the session and returns the value of its answer. */
type Ask = (method: "GET" | "POST" | "DELETE", path: string, body?: object) => Promise<unknown>;

async function begun(address: string, binary: string): Promise<{ ask: Ask; version: string }> {
  while (!(await fetch(`${address}/status`).catch(() => undefined))?.ok) await delay(50);
  const options = { binary, args: ["--automation"] };
  const alwaysMatch = { browserName: "MiniBrowser", "webkitgtk:browserOptions": options };
  const { sessionId, capabilities } = (await send("POST", `${address}/session`, { capabilities: { alwaysMatch } })) as {
    sessionId: string;
    capabilities: { browserVersion: string };
  };
  const ask: Ask = (method, path, body) => send(method, `${address}/session/${sessionId}${path}`, body);
  return { ask, version: capabilities.browserVersion };
}

async function send(method: string, address: string, body?: object): Promise<unknown> {
  const response = await fetch(address, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver: ${JSON.stringify(value)}`);
  return value;
}

async function pageOf(ask: Ask, version: string, end: () => void): Promise<TriedBrowser> {
  await ask("POST", "/timeouts", { script: PATIENCE / 2, pageLoad: PATIENCE / 2 });
  await ask("POST", "/window/rect", { x: 0, y: 0, ...WINDOW });
  return {
    name: "WebKitGTK",
    version,
    goto: async (url) => void (await ask("POST", "/url", { url })),
    async evaluate(work, ...args) {
      const script = `const [args, done] = arguments;
        Promise.resolve().then(() => (${work})(...args)).then((value) => done({ value }), (thrown) => done({ thrown: String(thrown) }));`;
      const answer = (await ask("POST", "/execute/async", { script, args: [args] })) as { value?: unknown; thrown?: string };
      if (answer.thrown !== undefined) throw new Error(answer.thrown);
      return answer.value as never;
    },
    async draw(places) {
      const moves = places.map(({ x, y }) => ({ type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y) }));
      const [first, ...others] = moves;
      const actions = [first, { type: "pointerDown", button: 0 }, ...others, { type: "pointerUp", button: 0 }];
      const mouse = { type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions };
      await ask("POST", "/actions", { actions: [mouse] });
    },
    async [Symbol.asyncDispose]() {
      await ask("DELETE", "").catch(() => undefined);
      end();
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdio[3] as NodeJS.ReadableStream, "data")) as [Buffer];
  return chunk.toString().trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
