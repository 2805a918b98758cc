// The map of the documentation: which file of the repository is which page of the site, and in which order.

/**
 * Sections of the sidebar; each page is `[file of the repository, title in the sidebar, its place on the site]`.
 *
 * @type {readonly { text: string, pages: readonly (readonly [file: string, title: string, place: string])[] }[]}
 */
export const SECTIONS = [
  {
    text: "Learn",
    pages: [
      page("learn/spiking-networks", "Spiking networks and their gradients"),
      page("learn/getting-started", "Ten minutes to a trained network"),
      page("learn/your-data", "Your own data"),
      page("learn/coming-from-snntorch", "Coming from snnTorch"),
    ],
  },
  {
    text: "Guides",
    pages: [
      page("guides/browser", "In the browser"),
      page("guides/neurons-and-layers", "Neurons and layers"),
      page("guides/convolutional-networks", "Convolutional networks"),
      page("guides/encoders-losses-rules", "Encoder, loss and rule"),
      page("guides/signals", "Signals and sound"),
      page("guides/streams", "Streams"),
      page("guides/train-well", "Train well"),
      page("guides/troubleshooting", "A network that does not learn"),
      page("guides/frameworks", "In your framework"),
      page("guides/run", "Run a trained network"),
      page("guides/microcontroller", "On a microcontroller"),
      page("guides/figures", "Figures"),
      page("guides/sweeps", "Sweeps and clusters"),
      page("guides/whole-numbers", "Whole numbers"),
      page("guides/exchange", "Exchange with Python"),
    ],
  },
  {
    text: "Reference",
    pages: [
      page("reference/configuration", "Configuration"),
      page("reference/commands", "Command line"),
      page("reference/runs-and-metrics", "Runs and metrics"),
      page("reference/data-sets", "Data sets"),
      page("reference/specification", "Specification"),
      page("reference/glossary", "Glossary"),
    ],
  },
  {
    text: "Results",
    pages: [
      page("results/verdict", "The verdict"),
      page("results/experiments", "Experiments"),
      page("results/spoken-digits", "Spoken digits"),
      page("results/performance", "Performance"),
      page("results/reliability", "Reliability and determinism"),
      page("results/compare", "What other libraries have"),
    ],
  },
  {
    text: "Contributing",
    pages: [
      ["CONTRIBUTING.md", "How to contribute", "contributing/index.md"],
      ["ARCHITECTURE.md", "Architecture", "contributing/architecture.md"],
      ["CHANGELOG.md", "Changes", "contributing/changes.md"],
    ],
  },
];

/** Pages that others link to, and that the sidebar leaves out. */
export const FURTHER = /** @type {const} */ ([
  ["site/home.md", "index.md"],
  ["README.md", "contributing/readme.md"],
  ["docs/reference/stability.md", "reference/stability.md"],
  ["docs/reference/model-file.md", "reference/model-file.md"],
  ["docs/contributing/extending.md", "contributing/extending.md"],
  ["docs/guides/kernels.md", "guides/kernels.md"],
  ["docs/contributing/newcomer.md", "contributing/newcomer.md"],
  ["docs/contributing/releasing.md", "contributing/releasing.md"],
  ["CODE_OF_CONDUCT.md", "contributing/conduct.md"],
  ["SECURITY.md", "contributing/security.md"],
  ["benches/README.md", "contributing/benchmarks.md"],
  ["fuzz/README.md", "contributing/fuzzing.md"],
]);

/** Place on the site by file of the repository. */
export const PLACES = new Map([
  ...SECTIONS.flatMap(({ pages }) => pages.map(([file, , place]) => /** @type {const} */ ([file, place]))),
  ...FURTHER,
]);

/**
 * A page of docs/, whose place is its own.
 *
 * @param {string} name
 * @param {string} title
 * @returns {readonly [string, string, string]}
 */
function page(name, title) {
  return [`docs/${name}.md`, title, `${name}.md`];
}
