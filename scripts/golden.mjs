// npm run test:golden -- DIR: checks every golden file of a folder, test/golden by default, through the public API.
import { main, setUp } from "./setup.mjs";

await main(setUp);
const { checkFolder } = await import("../test/golden/folder.mjs");
process.exitCode = await checkFolder(process.argv[2]);
