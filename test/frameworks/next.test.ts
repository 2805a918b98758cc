import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { launchChromium } from "../browser/chromium.js";
import { LEARNS, type Learnt, learntHere } from "./learns.js";
import { ENVIRONMENT, type FrameworkProject, frameworkProject, inFrameworks } from "./project.js";

const NEXT = inFrameworks("next/dist/bin/next");

const LAYOUT = `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`;

const PAGE = `"use client";
import { useEffect, useState } from "react";
import * as spikelet from "spikelet";
${LEARNS}
export default function Page() {
  const [text, setText] = useState("");
  useEffect(() => void learn(spikelet).then(setText, (error) => setText(String(error))), []);
  return <output>{text}</output>;
}
`;

const route = (runtime: string): string => `import * as spikelet from "spikelet";
${LEARNS}
export const runtime = "${runtime}";
export const dynamic = "force-dynamic";
export const GET = async () => new Response(await learn(spikelet));
`;

const FILES = {
  "app/layout.jsx": LAYOUT,
  "app/page.jsx": PAGE,
  "app/api/node/route.js": route("nodejs"),
  "app/api/edge/route.js": route("edge"),
};

describe.skipIf(!hasFrameworks())("Next without a line of configuration (needs node scripts/install-for-tests.mjs)", () => {
  let browser: Browser;
  let same: Omit<Learnt, "kind" | "reason">;
  beforeAll(async () => {
    [browser, same] = await Promise.all([launchChromium(), learntHere()]);
  });
  afterAll(() => browser?.close());

  it.each([
    ["Turbopack", []],
    ["webpack", ["--webpack"]],
  ])("builds by %s, and trains in the page, in Node and in the edge runtime", async (_, options) => {
    await using project = await frameworkProject(FILES);
    const { stdout, stderr } = await project.run(process.execPath, NEXT, "build", ...options);
    expect(`${stdout}${stderr}`).not.toMatch(/not found|can't resolve/i);
    await using server = await started(project);
    const answer = async (path: string) => JSON.parse(await (await fetch(new URL(path, server.url))).text()) as Learnt;
    expect(await answer("/api/node")).toMatchObject({ ...same, kind: "native" });
    expect(await answer("/api/edge")).toMatchObject({ ...same, kind: "wasm", reason: "WebAssembly in an edge runtime" });
    const page = await browser.newPage();
    await page.goto(server.url);
    const output = page.locator("output", { hasText: /./ });
    expect(JSON.parse((await output.textContent()) ?? "")).toMatchObject({
      ...same,
      kind: "wasm",
      reason: "WebAssembly in a worker",
    });
    await page.close();
  });
});

/** What `next build` has made, served. */
async function started({ folder }: FrameworkProject): Promise<AsyncDisposable & { readonly url: string }> {
  const server = spawn(process.execPath, [NEXT, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: folder,
    env: ENVIRONMENT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    url: await addressIn(server.stdout),
    async [Symbol.asyncDispose]() {
      server.kill();
      await once(server, "exit");
    },
  };
}

async function addressIn(stdout: Readable): Promise<string> {
  for await (const line of createInterface(stdout)) {
    const [address] = /http:\/\/\S+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error("next start ended without an address");
}
