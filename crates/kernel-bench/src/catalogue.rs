use crate::cases::{
    adam, arithmetic, backward, convolution, delays, encode, forward, gather, landing, projection, streams, surrogate,
    winograd,
};
use crate::{Kernel, Parameter};

const LANES: Parameter = Parameter::whole("lanes", "units of the tile", 64, &[16.0, 32.0], ((16, 64), 16));
const STEPS: Parameter = Parameter::whole("steps", "steps of the simulation", 100, &[25.0, 400.0], ((1, 4096), 1));
const INPUTS: Parameter = Parameter::whole("inputs", "input units", 784, &[128.0, 4096.0], ((1, 65_535), 1));
const DENSITY: Parameter =
    Parameter::share("density", "share of the inputs that fire at a step", 0.01, &[0.001, 0.003, 0.03, 0.1]);
const FIRED: Parameter = Parameter::share("fired", "spikes of a unit at a step", 0.01, &[0.001, 0.1]);
const SAMPLES: Parameter = Parameter::whole("samples", "samples of the batch", 16, &[1.0, 4.0], ((1, 16), 1));
const SOURCES: Parameter = Parameter::whole("units", "units of the layer above", 800, &[10.0, 256.0], ((1, 8192), 1));

const VALUES: Parameter = Parameter::whole("units", "values of a sample", 784, &[128.0, 4096.0], ((1, 65_535), 1));
const LIT: Parameter = Parameter::share("lit", "share of the values above 0", 0.2, &[0.05, 1.0]);
const SITES: Parameter = Parameter::whole("sites", "sites of a row of the output", 16, &[4.0, 64.0], ((1, 1024), 1));
const BLOCK: Parameter = Parameter::whole("channels", "channels of the block of the input", 64, &[16.0], ((1, 64), 1));
const OF_BLOCK: Parameter =
    Parameter::share("density", "share of the channels that fire at a place and a step", 0.1, &[0.01, 0.03, 0.3]);
const SQUARES: Parameter = Parameter::whole("squares", "squares of 2 × 2 sums", 64, &[16.0, 256.0], ((8, 1 << 16), 8));

/// Every kernel that can be measured, those of the machine's ceiling last.
#[must_use]
pub fn catalogue() -> &'static [Kernel] {
    CATALOGUE
}

/// The kernel of a name.
#[must_use]
pub fn kernel(name: &str) -> Option<&'static Kernel> {
    CATALOGUE.iter().find(|kernel| kernel.name == name)
}

static CATALOGUE: &[Kernel] = &[
    Kernel {
        name: "forward",
        about: "a tile through all steps: arriving rows of weights, decay, threshold, reset, trace",
        is_ceiling: false,
        parameters: &[INPUTS, STEPS, LANES, DENSITY],
        make: forward::forward,
    },
    Kernel {
        name: "arrival",
        about: "rows of weights of the spikes that arrive at each step, summed",
        is_ceiling: false,
        parameters: &[INPUTS, STEPS, LANES, DENSITY],
        make: forward::arrival,
    },
    Kernel {
        name: "project",
        about: "errors of a tile: adjoints of all units above at each step times weights",
        is_ceiling: false,
        parameters: &[SOURCES, STEPS, LANES],
        make: projection::project,
    },
    Kernel {
        name: "project-batch",
        about: "errors of 16 lanes in several samples at one step, which share the weights",
        is_ceiling: false,
        parameters: &[SOURCES, SAMPLES],
        make: projection::project_batch,
    },
    Kernel {
        name: "backward-antlr",
        about: "step back of a tile by both parts: errors of every step, and timing at spikes",
        is_ceiling: false,
        parameters: &[STEPS, LANES, FIRED],
        make: backward::antlr,
    },
    Kernel {
        name: "backward-activation",
        about: "step back of a tile by a surrogate gradient: errors of every step",
        is_ceiling: false,
        parameters: &[STEPS, LANES, FIRED],
        make: backward::activation,
    },
    Kernel {
        name: "backward-timing",
        about: "step back of a tile by timing at spikes alone",
        is_ceiling: false,
        parameters: &[STEPS, LANES, FIRED],
        make: backward::timing,
    },
    Kernel {
        name: "gather",
        about: "weight gradient: adjoints at the steps at which an input fired, summed by input",
        is_ceiling: false,
        parameters: &[INPUTS, SAMPLES, LANES, DENSITY],
        make: gather::gather,
    },
    Kernel {
        name: "scatter",
        about: "weight gradient of shared weights: adjoints added to the row of each spike",
        is_ceiling: false,
        parameters: &[INPUTS, STEPS, LANES, DENSITY],
        make: gather::scatter,
    },
    Kernel {
        name: "adam",
        about: "Adam on a tile: gradient sums to new moments and weights",
        is_ceiling: false,
        parameters: &[INPUTS, LANES],
        make: adam::adam,
    },
    Kernel {
        name: "sgd",
        about: "gradient descent with momentum on a tile",
        is_ceiling: false,
        parameters: &[INPUTS, LANES],
        make: adam::sgd,
    },
    Kernel {
        name: "landing",
        about: "errors below a convolution: injections of a site land on the tiles of its field",
        is_ceiling: false,
        parameters: &[
            Parameter::whole("channels", "units of the site above", 32, &[8.0, 128.0], ((1, 1024), 1)),
            Parameter::whole("places", "tiles below that the field covers", 9, &[25.0], ((1, 256), 1)),
            LANES,
            Parameter::share("density", "share of the units that inject", 0.1, &[0.01, 1.0]),
        ],
        make: landing::landing,
    },
    Kernel {
        name: "convolution-lists",
        about: "what arrives at each site of a convolution at each step, listed from the spikes",
        is_ceiling: false,
        parameters: &[
            Parameter::whole("channels", "channels of the input", 16, &[1.0, 64.0], ((1, 1024), 1)),
            Parameter::whole("side", "rows and columns of the input", 16, &[8.0, 28.0], ((1, 256), 1)),
            DENSITY,
        ],
        make: convolution::lists,
    },
    Kernel {
        name: "convolution-sums",
        about: "rows of weights of the channels that fire, summed for a row of sites by one tap",
        is_ceiling: false,
        parameters: &[SITES, BLOCK, OF_BLOCK],
        make: convolution::sums,
    },
    Kernel {
        name: "convolution-gradient",
        about: "weight gradient of a tap: adjoints of a row of sites added to the rows of the channels that fired",
        is_ceiling: false,
        parameters: &[SITES, BLOCK, OF_BLOCK],
        make: convolution::gradient,
    },
    Kernel {
        name: "winograd-spread",
        about: "errors below a convolution: squares of adjoints become the 16 planes of Winograd's products",
        is_ceiling: false,
        parameters: &[SQUARES, LANES],
        make: winograd::spread,
    },
    Kernel {
        name: "winograd-join",
        about: "errors below a convolution: products of the 16 planes become squares of sums",
        is_ceiling: false,
        parameters: &[SQUARES, LANES],
        make: winograd::join,
    },
    Kernel {
        name: "send-delayed",
        about: "spikes of connections with delays of their own, added to the step of each arrival",
        is_ceiling: false,
        parameters: &[INPUTS, STEPS, LANES, DENSITY],
        make: delays::send,
    },
    Kernel {
        name: "project-delayed",
        about: "errors of an input whose connections have delays of their own, at all steps",
        is_ceiling: false,
        parameters: &[SOURCES, STEPS],
        make: delays::project,
    },
    Kernel {
        name: "surrogate",
        about: "surrogate derivatives at one step, times errors: a power of two for each unit",
        is_ceiling: false,
        parameters: &[Parameter::whole("units", "units", 4096, &[256.0, 1_048_576.0], ((16, 1 << 24), 16))],
        make: surrogate::surrogate,
    },
    Kernel {
        name: "encode-latency",
        about: "values to spikes, one for each, earlier for a larger value",
        is_ceiling: false,
        parameters: &[VALUES, SAMPLES, LIT],
        make: encode::latency,
    },
    Kernel {
        name: "encode-rate",
        about: "values to spikes at random steps, more for a larger value",
        is_ceiling: false,
        parameters: &[VALUES, SAMPLES, LIT],
        make: encode::rate,
    },
    Kernel {
        name: "stream-read",
        about: "sums of numbers in memory: how fast they can be read",
        is_ceiling: true,
        parameters: &[STREAM],
        make: streams::read,
    },
    Kernel {
        name: "stream-update",
        about: "numbers in memory times a constant: how fast they can be read and written",
        is_ceiling: true,
        parameters: &[STREAM],
        make: streams::update,
    },
    Kernel {
        name: "arithmetic",
        about: "multiplications and additions in registers, rounded separately",
        is_ceiling: true,
        parameters: &[],
        make: arithmetic::separate,
    },
    Kernel {
        name: "arithmetic-fused",
        about: "multiplications and additions in registers, fused where the level has that",
        is_ceiling: true,
        parameters: &[],
        make: arithmetic::fused,
    },
];

const STREAM: Parameter = Parameter::whole(
    "bytes",
    "bytes of the array",
    16_384,
    &[65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0, 16_777_216.0, 67_108_864.0],
    ((4096, 1 << 30), 4096),
);
