// npm run build; with -- --mpi also the addon for training under mpirun
import { buildMpi, main, setUp } from "./setup.mjs";

await main(async () => {
  await setUp();
  if (process.argv.includes("--mpi")) await buildMpi();
});
