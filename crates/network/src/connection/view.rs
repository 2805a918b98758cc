//! A layer's units with their parameters, as its connection sees them.

use spikelet_kernels::LaneConstants;

use super::layout::{Layout, Site};
use crate::events::NO_UNIT;
use crate::learnt::{Learnable, LearntShape};
use crate::neuron::{Lanes, Neuron, number_of};
use crate::parameters::TileParameters;
use crate::shape::LayerShape;
use crate::state::{Adjoints, UnitState};

/// What follows from the biases of a layer.
#[derive(Clone, Debug, Default)]
pub struct LayerBiases {
    pub(crate) tiles: Vec<TileBiases>,
}

/// What follows from the biases of a tile.
#[derive(Clone, Debug, Default)]
pub struct TileBiases {
    /// Biases times their gain, `[lane]` of the tile.
    pub(crate) drive: Vec<f32>,
    /// V∞, `[lane]` of the tile.
    pub(crate) drive_rest: Vec<f32>,
    /// The drive of the bias at each step, `[lane]` of a site.
    pub(crate) bias: Vec<f32>,
    /// Drives of the biases at a site that has lanes outside the image; empty where none has.
    pub(crate) edge_bias: Vec<f32>,
    /// V∞, where the bias alone drives the membrane, `[lane]` of a site.
    pub(crate) rest: Vec<f32>,
}

/// The units of a layer, with what they read.
#[derive(Clone, Copy)]
pub struct LayerView<'a> {
    /// Size of the layer.
    pub shape: &'a LayerShape,
    /// Where its units lie.
    pub layout: &'a Layout,
    /// Neuron of the layer.
    pub neuron: &'a Neuron,
    /// Weights as passes read them.
    pub tiles: &'a [TileParameters],
    pub(crate) biases: &'a LayerBiases,
    /// Constants by lane of a site, tile by tile; empty where all units share them.
    pub(crate) lanes: &'a [Lanes],
    /// Configured steps T.
    pub steps: usize,
    /// What arrives of a spike where the neuron does not hold it.
    pub(crate) input_scale: f32,
}

impl<'a> LayerView<'a> {
    /// The drive of the bias at each step, `[lane]` of a site.
    pub(crate) fn bias(&self, site: &Site) -> &'a [f32] {
        let tile = &self.biases.tiles[site.tile];
        if site.is_edge { &tile.edge_bias } else { &tile.bias }
    }

    /// Constants of the lanes of a site, where units do not share them.
    pub(crate) fn by_lane(&self, site: &Site) -> Option<LaneConstants<'a>> {
        self.lanes.get(site.tile).map(Lanes::view)
    }

    /// Starts the sums for learnt constants, if there are any.
    pub fn start_constants(&self, adjoints: &mut Adjoints) {
        if let Some(constants) = self.neuron.by_unit.as_ref().filter(|_| !self.neuron.learnt.is_empty()) {
            adjoints.constants.start(self.layout.lanes, constants.count());
        }
    }

    /// Sums of the lanes of a site for a constant that is learnt, `[lane]`.
    pub fn constant_sums<'b>(&self, adjoints: &'b Adjoints, site: &Site, learnt: &LearntShape) -> &'b [f32] {
        match learnt.what {
            Learnable::Constant(constant) => {
                adjoints.constants.array(site.lane..site.lane + site.lanes, number_of(constant))
            }
            Learnable::Delays { .. } | Learnable::Feedback => &[],
        }
    }

    /// γ: what a spike drives through a weight of 1, as far as all units share it; adjoints hold the rest.
    pub fn drive_gain(&self) -> f32 {
        self.neuron.drive_gain() * self.input_scale
    }

    /// Unit with parameters of its own that a unit belongs to: its channel in a convolution.
    pub fn filter_of(&self, unit: usize) -> usize {
        (unit as u32 / (self.shape.units / self.shape.filters) as u32) as usize
    }

    /// Filter of each lane, or [`NO_UNIT`].
    pub(crate) fn filters(&self) -> Vec<u32> {
        let units = self.layout.sites.iter().flat_map(|site| self.layout.lanes_of(site));
        units.map(|&unit| if unit == NO_UNIT { NO_UNIT } else { self.filter_of(unit as usize) as u32 }).collect()
    }

    /// Membranes of a readout at a step, `[unit]`.
    pub fn read_membranes(&self, state: &UnitState, step: usize, membranes: &mut [f32]) {
        for site in &self.layout.sites {
            let trace = &state.trace[site.lane * self.steps + step * site.lanes..][..site.lanes];
            self.layout.units_of(site).for_each(|(lane, &unit)| membranes[unit as usize] = trace[lane]);
        }
    }

    /// V∞, `[lane]` of a site; of lanes outside the image too, which never fire.
    pub(crate) fn rest(&self, site: &Site) -> &'a [f32] {
        &self.biases.tiles[site.tile].rest
    }
}
