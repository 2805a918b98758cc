// npm run setup:exchange: the Python environment that the tests of NIR and safetensors use where it is.
import { pythonEnvironment } from "./python.mjs";
import { main } from "./setup.mjs";

await main(async () => {
  const python = await pythonEnvironment("exchange-python", "test/exchange/requirements.txt", "the packages nir and safetensors");
  process.stdout.write(`${python}\n`);
});
