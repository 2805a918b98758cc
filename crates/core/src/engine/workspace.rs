//! Scratch memory of one worker; its size depends on the network, not on the batch.

use super::arrivals::Arrivals;
use super::quiet::Quiet;
use spikelet_kernels::StepEvents;

use crate::aligned::Aligned;
use crate::augment::Augmented;
use crate::loss::OutputGradient;
use crate::network::Network;
use crate::readout::{LayerSpikes, Readout};
use crate::rule::{Injections, InputGradient, RecurrentWork, TileGradient};
use crate::wiring::Wiring;

/// State and trace of one sample on its way through the network.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Start of each step in the sample's input units, and the end of the last.
    pub(crate) input_offsets: Vec<u32>,
    pub(super) augmented: Augmented,
    pub(crate) layers: Vec<LayerWork>,
    pub(crate) readout: Readout,
    pub(crate) gradient: OutputGradient,
    /// E of a tile, `[step][lane]`.
    pub(crate) error: Aligned,
    /// T̄ of a tile's spikes.
    pub(crate) timing: Vec<f32>,
    /// What the adjoint kernel makes of them.
    pub(crate) pushes: Vec<f32>,
    /// What the output layer's adjoints inject into their projections, by step.
    pub(crate) injections: Injections,
    /// q rows of a further sweep.
    pub(crate) extra: Aligned,
    pub(super) quiet: Quiet,
    /// Gradients of a convolution's tile.
    pub(crate) tile_gradient: TileGradient,
    /// Gradients of what arrives at a convolution.
    pub(crate) input_gradient: InputGradient,
    /// Sweeps of recurrent layers.
    pub(crate) recurrent: RecurrentWork,
    /// Spikes of each unit of a layer.
    pub(crate) counts: Vec<u32>,
}

/// Scratch of a layer. Arrays over steps are tile-major where the kernels read them tile by tile.
#[derive(Debug, Default)]
pub(crate) struct LayerWork {
    /// J, `[lane]` of all tiles.
    pub(crate) current: Aligned,
    /// V, likewise.
    pub(crate) membrane: Aligned,
    /// V before reset: tile by tile `[step][lane]`.
    pub(crate) trace: Aligned,
    /// Spike bits: tile by tile `[step]`.
    pub(crate) spikes: Vec<u64>,
    /// Steps at which a tile fired: tile by tile, a bit for each step.
    pub(crate) busy: Vec<u64>,
    /// Step up to which state and trace were simulated.
    pub(crate) reached: usize,
    /// Whether the spikes of every step are known, also from `reached` on.
    pub(crate) is_complete: bool,
    /// Spikes from below on their way to this layer.
    pub(crate) arrivals: Arrivals,
    /// Spikes by step.
    pub(crate) offsets: Vec<u32>,
    pub(crate) units: Vec<u32>,
    /// Adjoints `[step · stride + adjoint lane]` (see the wiring's sites); empty where nothing wants them.
    pub(crate) q: Aligned,
    pub(crate) r: Aligned,
    pub(crate) p: Aligned,
    pub(crate) direct: Aligned,
}

impl Workspace {
    pub(crate) fn new(network: &Network) -> Self {
        let layers = network
            .wirings
            .iter()
            .enumerate()
            .map(|(index, wiring)| {
                let (lanes, sites) = (wiring.lanes, wiring.sites.len());
                let steps = |wanted: bool| if wanted { network.steps * wiring.stride } else { 0 };
                let is_read_later = index > 0 || wiring.is_recurrent();
                let injects = index > 0 && index + 1 == network.shapes.len();
                let source = index.checked_sub(1).map(|below| &network.wirings[below]);
                LayerWork {
                    current: Aligned::zeros(lanes),
                    membrane: Aligned::zeros(lanes),
                    spikes: vec![0; network.steps * sites],
                    busy: vec![0; sites * network.steps.div_ceil(64)],
                    arrivals: Arrivals::new(wiring, source, network.steps),
                    offsets: vec![0; network.steps + 1],
                    q: Aligned::zeros(steps(is_read_later)),
                    r: Aligned::zeros(steps(is_read_later)),
                    p: Aligned::zeros(steps(injects)),
                    direct: Aligned::zeros(steps(injects)),
                    ..LayerWork::default()
                }
            })
            .collect();
        Self {
            input_offsets: vec![0; network.steps + 1],
            augmented: Augmented::default(),
            layers,
            readout: Readout::default(),
            gradient: OutputGradient::default(),
            error: Aligned::default(),
            timing: Vec::new(),
            pushes: Vec::new(),
            injections: Injections::default(),
            extra: Aligned::default(),
            quiet: Quiet::default(),
            tile_gradient: TileGradient::default(),
            input_gradient: InputGradient::default(),
            recurrent: RecurrentWork::default(),
            counts: Vec::new(),
        }
    }

    /// Makes room for the membrane traces, which only gradients need.
    pub(crate) fn keep_trace(&mut self, steps: usize) {
        for layer in &mut self.layers {
            layer.trace.resize(steps * layer.current.len());
        }
    }

    /// Makes room for every adjoint of every layer.
    pub(crate) fn keep_adjoints(&mut self, network: &Network) {
        for (layer, wiring) in self.layers.iter_mut().zip(&network.wirings) {
            let length = network.steps * wiring.stride;
            for array in [&mut layer.q, &mut layer.r, &mut layer.p, &mut layer.direct] {
                array.resize(length);
            }
        }
    }
}

/// Bits that are set, in order.
pub(crate) fn set_bits(word: u64) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(word), |bits| Some(bits & bits.wrapping_sub(1)))
        .take_while(|&bits| bits != 0)
        .map(|bits| bits.trailing_zeros() as usize)
}

/// Steps whose bits are set, in order.
pub(crate) fn set_steps(busy: &[u64]) -> impl Iterator<Item = usize> + '_ {
    busy.iter().enumerate().flat_map(|(word, &bits)| set_bits(bits).map(move |bit| word * 64 + bit))
}

impl LayerWork {
    /// Back to step 0 of a simulation of `steps` steps.
    pub(super) fn start(&mut self, steps: usize) {
        self.current.fill(0.0);
        self.membrane.fill(0.0);
        self.clear_spikes(steps, 0);
        self.offsets.fill(0);
        self.units.clear();
        self.arrivals.clear();
        self.reached = 0;
        self.is_complete = false;
    }

    /// Forgets the spikes of all tiles from step `from` on.
    pub(crate) fn clear_spikes(&mut self, steps: usize, from: usize) {
        let words = steps.div_ceil(64);
        for (spikes, busy) in self.spikes.chunks_exact_mut(steps).zip(self.busy.chunks_exact_mut(words)) {
            for word in from / 64..words {
                let kept = if word == from / 64 { (1u64 << (from % 64)) - 1 } else { 0 };
                for t in set_steps(&[busy[word] & !kept]) {
                    spikes[word * 64 + t] = 0;
                }
                busy[word] &= kept;
            }
        }
    }

    /// Lists what arrives at a recurrent layer at step `t`.
    pub(super) fn hear(&mut self, wiring: &Wiring, spikes: StepEvents<'_>, t: usize) {
        let Self { arrivals, spikes: fired, .. } = self;
        let steps = fired.len() / wiring.sites.len();
        let before = |number: usize| t.checked_sub(1).map_or(0, |before| fired[number * steps + before]);
        let own = wiring
            .sites
            .iter()
            .enumerate()
            .flat_map(|(number, site)| set_bits(before(number)).map(move |lane| (site.lane + lane) as u32));
        arrivals.hear(wiring, spikes, t, own);
    }

    /// The layer's spikes at steps before `steps`.
    pub(crate) fn spikes(&self, steps: usize) -> LayerSpikes<'_> {
        LayerSpikes { offsets: &self.offsets, units: &self.units, steps }
    }
}
