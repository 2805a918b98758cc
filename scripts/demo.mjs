// npm run demo: builds what is missing and serves the demo. npm run demo:build writes it as static files into demo/dist.
import { join } from "node:path";
import { main, setUp } from "./setup.mjs";
import { ROOT } from "./stamps.mjs";

const configFile = join(ROOT, "demo/vite.config.mjs");

await main(async () => {
  await setUp();
  const vite = await import("vite");
  if (process.argv.includes("--build")) {
    await vite.build({ configFile });
    return;
  }
  const server = await vite.createServer({ configFile });
  await server.listen();
  server.printUrls();
});
