/** Command lines that the help shows, by command. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  train: [
    "--preset digits --out out/digits",
    "--preset mnist --data data/mnist --set training.epochs=5 --json",
    "--dataset yinYang --out out/yin-yang",
    "--preset digits --watch",
    "--resume --out out/digits --checkpoint-every 10min",
    "--resume --checkpoint out/digits/best.safetensors --out out/again",
  ],
  evaluate: [
    "--checkpoint out/digits/best.safetensors",
    "--checkpoint out/digits/best.safetensors --split validation --out out/evaluation",
    "--checkpoint out/table/best.safetensors --data new.csv",
  ],
  predict: [
    "--checkpoint out/digits/best.safetensors --start 20 --samples 5",
    "--checkpoint out/table/best.safetensors --data unlabelled.csv --samples 100",
  ],
  serve: ["out/digits", "out/digits --port 8080"],
  gradients: ["--preset digits --samples 4", "--checkpoint out/digits/best.safetensors --json --arrays"],
  bench: ["--case mnist --seconds 5", "--preset digits", "--case conv --backend wasm --json"],
  "bench kernels": [
    "--list",
    "gather adam --threads 1,2 --out kernels.json",
    "forward --shape density=0.01,0.1 --simd avx2",
    "surrogate --own exp2.mjs --tolerance 1e-3 --backend wasm",
    "--before ../old --simd avx512",
  ],
  "bench report": ["kernels.json", "old.json new.json --out kernels.html"],
  sweep: ["plan.json --out out/sweep", "plan.json --out out/sweep --shard auto/8"],
  "sweep merge": ["out/sweep-a out/sweep-b --out out/sweep"],
  "sweep status": ["out/sweep"],
  data: ["list", "fetch fashionMnist", "verify fashionMnist", "show fashionMnist --sample 3"],
  "data list": ["", "--json"],
  "data fetch": ["fashionMnist", "shd --dir data/shd"],
  "data verify": ["fashionMnist", "mnist --dir data/mnist", "shards --dir out/shards"],
  "data pack": ["fashionMnist --out out/shards", "npz --dir data/recordings --out out/shards --samples-per-shard 1000"],
  "data show": ["digits --sample 3", "nmnist --dir data/nmnist --steps 300", "yinYang --set options.seed=5"],
  export: [
    "--checkpoint out/digits/best.safetensors --out digits.nir",
    "--checkpoint out/digits/best.safetensors --out weights.npz",
  ],
  "export model": ["out/digits/best.safetensors --out digits.model --weights float16"],
  "export c": [
    "out/digits/best.safetensors --out device --name digits",
    "out/digits/best.safetensors --out device --name digits --integers --state-bits 16",
  ],
  import: ["network.nir --out network.safetensors", "state.pt --preset digits --out network.safetensors"],
  info: ["", "mnist", "--backend wasm --json"],
};

/** Examples in the help of the whole command. */
export const FIRST_EXAMPLES: readonly string[] = [
  "train --preset digits --out out/digits",
  "evaluate --checkpoint out/digits/best.safetensors --json",
  "train --preset mnist --dataset fashionMnist",
  "sweep plan.json --out out/sweep",
  "data fetch fashionMnist",
];
