import { readGuides } from "../docs/guides.js";
import { missing, type Toolchain } from "./c-program.js";

const GUIDE = "docs/guides/microcontroller.md";
const CORES = {
  "Cortex-M4F": { board: "mps2-an386", options: ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"] },
  "Cortex-M3": { board: "mps2-an385", options: ["-mcpu=cortex-m3"] },
};
/** Where the vectors, the program and its data are on these boards; `rdimon` writes through the debugger that QEMU is. */
const PLACES = ["--specs=rdimon.specs", "-Wl,--section-start=.vectors=0,-Tdata=0x20000000"];

/** Names of the processors that programs run on in QEMU. */
export const DEVICES = Object.keys(CORES) as (keyof typeof CORES)[];

/** One sentence if something is missing that compiles for a Cortex-M and runs there. */
export function missingForDevices(): string | undefined {
  return missing("arm-none-eabi-gcc") ?? missing("qemu-system-arm");
}

/** Compiles for a processor, with the start-up code of the guide, and runs the program in QEMU. */
export function device(name: keyof typeof CORES): Toolchain {
  const { board, options } = CORES[name];
  const start = readGuides()
    .find(({ path }) => path === GUIDE)
    ?.files.get("start.c");
  return {
    compiler: "arm-none-eabi-gcc",
    options: ["-Os", "-ffp-contract=off", "-mthumb", ...options, ...PLACES],
    files: { "start.c": start ?? "" },
    run: (program) => ["qemu-system-arm", "-M", board, "-nographic", "-semihosting", "-kernel", program],
  };
}
