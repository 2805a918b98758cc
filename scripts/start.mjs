// npm start: sets up what is missing, then trains on the digits, anew each time. More options go to `spikelet train`: npm start -- --seed 2
import { main, setUp } from "./setup.mjs";

await main(() => setUp({ withWasm: false }));
const { runCli } = await import("../dist/cli/app.js");
process.exitCode = await runCli(["train", "--preset", "digits", "--overwrite", ...process.argv.slice(2)]);
