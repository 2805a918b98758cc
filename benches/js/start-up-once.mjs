const start = performance.now();
const { createTrainer } = await import("../../dist/index.js");
const imported = performance.now();
const layers = [
  { type: "dense", units: 800 },
  { type: "dense", units: 10 },
];
const trainer = await createTrainer({ network: { input: 784, steps: 300, layers } });
const created = performance.now();
trainer.dispose();
process.stdout.write(
  JSON.stringify({
    "import of the package": (imported - start) / 1000,
    "first createTrainer, 784-800-10": (created - imported) / 1000,
  }),
);
