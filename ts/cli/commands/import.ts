import { inFile } from "../../errors.js";
import { importNir, importWeights, type WeightOptions } from "../../exchange/index.js";
import { RESETS } from "../../exchange/nir/options.js";
import type { Config } from "../../generated/config.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { load, save } from "../../io/files.node.js";
import { createNetwork, type Network } from "../../network.js";
import { refuseOptions, refuseOwnInput, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { type ConfigArguments, readConfiguration } from "../configuration.js";
import { nirTime } from "../exchange.js";
import { UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { type Choices, choicesOf } from "../invocation.js";
import { computeOptions, configOptions, nirOptions, outputOptions, readOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { readLimit } from "../read-limit.js";
import { refuseFileOfRun } from "../train/output.js";

/** What an HDF5 file, and so a NIR file, begins with. */
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export const importCommand = defineCommand({
  meta: { name: "import", description: "Makes a checkpoint from a network or weights of another program" },
  args: {
    file: {
      type: "positional",
      required: true,
      description: "a NIR file, or weights for --config: safetensors, npz, or a state dictionary of torch.save",
      valueHint: "FILE",
    },
    out: { type: "string", required: true, description: "checkpoint to write", valueHint: "FILE" },
    ...configOptions,
    names: { type: "string", description: "names of the weights, from the input up: fc1.weight,fc2.weight", valueHint: "NAMES" },
    steps: {
      type: "string",
      description: `NIR: length of the simulation, ${DEFAULTS.network.steps} by default`,
      valueHint: "N",
    },
    ...nirOptions,
    reset: {
      type: "enum",
      options: [...RESETS],
      description: "NIR: what a spike does, for files whose writer left that out; to 0, as files say, by default",
    },
    ...readOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const bytes = await load(args.file);
    const isNir = HDF5.every((byte, place) => bytes[place] === byte);
    const isConfigured = !isNir || args.config !== undefined || args.preset !== undefined;
    if (isNir) refuseOptions(args, ["names"], `${args.file} is a NIR file, whose weights need no names`);
    else refuseOptions(args, ["steps", "dt", "discretization", "reset"], `${args.file} is no NIR file`);
    if (!isConfigured)
      refuseOptions(args, ["set", "seed"], "a NIR file without --config or --preset has no configuration to change");
    const ownNetwork = isNir ? args.set.find((setting) => setting.startsWith("network.")) : undefined;
    if (ownNetwork !== undefined)
      throw new UsageError(`--set ${ownNetwork}: the network is that of the NIR file, and --steps sets its length`);
    refuseOwnInput(args.out, args.file);
    refuseFileOfRun(args.out);
    const choices = choicesOf(args, abortOnInterrupt());
    const given = isConfigured ? await configOf(args) : {};
    const steps = args.steps === undefined ? {} : { steps: wholeNumber(args.steps, "steps", 1) };
    const reset = args.reset === undefined ? {} : { reset: args.reset };
    const limit = readLimit(args);
    const opened = await made(args.file, async () =>
      isNir
        ? networkOf(given, await importNir(bytes, { ...nirTime(args), ...steps, ...reset, ...limit }), choices)
        : weightsIn(await createNetwork(given as Config, choices), bytes, {
            ...limit,
            ...(args.names === undefined ? {} : { names: args.names.split(",") }),
          }),
    );
    using network = opened;
    await save(args.out, network.checkpoint());
    const { layers } = network.info;
    const result = { file: args.out, network: network.config.network };
    printResult(args.json, result, () => [
      `wrote ${args.out}: ${layers.map(({ inputs, units }) => `${inputs} to ${units}`).join(", ")}`,
    ]);
  },
});

/** The configuration that the options give, without its data. */
async function configOf(args: ConfigArguments & { set: readonly string[] }): Promise<Config> {
  const { config, data } = await readConfiguration(args, args.set);
  const isNamed = Object.keys(data).length > 0;
  if (isNamed) say("the checkpoint does not keep the data of the configuration: name them by --dataset, --data and --encode");
  return config;
}

async function made(file: string, work: () => Promise<Network>): Promise<Network> {
  try {
    return await work();
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}

async function networkOf(
  given: Partial<Config>,
  { network, parameters, approximations }: Awaited<ReturnType<typeof importNir>>,
  choices: Choices,
): Promise<Network> {
  for (const sentence of approximations) say(`approximate: ${sentence}`);
  const last = network.layers.at(-1);
  const kind = (last !== undefined && "neuron" in last ? last.neuron?.type : undefined) ?? network.neuron?.type;
  const loss = kind === "leaky" ? { loss: { type: "membrane" as const } } : {};
  return createNetwork({ ...loss, ...given, network }, { ...choices, parameters });
}

async function weightsIn(network: Network, bytes: Uint8Array, options: WeightOptions): Promise<Network> {
  try {
    await importWeights(network, bytes, options);
    return network;
  } catch (thrown) {
    network.dispose();
    throw thrown;
  }
}
