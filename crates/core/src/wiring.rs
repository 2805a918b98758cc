//! How the spikes of one layer reach the next: pools on the way, then the sites at which a tile's weights act.
//!
//! ```text
//! source's spikes → pools → arriving spikes → site by site (step, row of the tile's weights) → lanes
//! ```
//!
//! A dense tile has one site and sees all arriving spikes. The tiles of a convolution have one for every [`Strip`] of the picture;
//! a site sees the spikes of its receptive field.

mod convolution;
mod pool;
mod shared;

pub(crate) use convolution::Convolution;
pub(crate) use pool::{Pool, PoolKind};
pub(crate) use shared::{SharedWeights, downward_length, timing_length};
use spikelet_kernels::TILE;

use crate::config::{InputShape, LayerConfig, NetworkConfig};
use crate::geometry::{NO_UNIT, Picture};
use crate::network::{LayerShape, padded};

/// Lanes that run with the weights of a tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// Tile of the layer.
    pub(crate) tile: usize,
    /// Place among the tile's sites.
    pub(crate) index: usize,
    /// First lane in the layer's states.
    pub(crate) lane: usize,
    pub(crate) lanes: usize,
    /// First lane in a step of the layer's adjoints.
    pub(crate) adjoint: usize,
    /// Whether some of its places lie outside the picture.
    pub(crate) is_edge: bool,
}

/// A spiking layer with its way from the spikes of the layer below, or of the input.
#[derive(Clone, Debug)]
pub(crate) struct Wiring {
    pub(crate) shape: LayerShape,
    /// From the source up.
    pub(crate) pools: Vec<Pool>,
    /// What arrives of a spike: the product of 1 / K² over average pools.
    pub(crate) share: f32,
    /// `None` for a dense layer.
    pub(crate) convolution: Option<Convolution>,
    /// By tile, then from the top left of the picture.
    pub(crate) sites: Vec<Site>,
    /// Lanes of all sites.
    pub(crate) lanes: usize,
    /// Distance between two steps of the layer's adjoints.
    pub(crate) stride: usize,
    /// Unit of each lane, or [`NO_UNIT`].
    pub(crate) unit_of_lane: Vec<u32>,
    /// Where the spikes of each lane of the source arrive, or [`NO_UNIT`]; empty above the input.
    pub(crate) arrival_of_lane: Vec<u32>,
}

impl Wiring {
    /// Whether spikes of the source arrive as they are, at a dense layer above a dense one.
    pub(crate) fn is_plain(&self, source: Option<&Self>) -> bool {
        self.pools.is_empty() && self.convolution.is_none() && source.is_none_or(|source| source.convolution.is_none())
    }

    /// Whether the way holds a max pool, so that a spike arrives only if it is the first of the largest.
    pub(crate) fn selects(&self) -> bool {
        self.pools.iter().any(|pool| pool.kind == PoolKind::Max)
    }

    /// Whether spikes of the layer reach it again, one step later.
    pub(crate) fn is_recurrent(&self) -> bool {
        self.shape.recurrent
    }

    /// Lanes of a site that are units, with those.
    pub(crate) fn units_of(&self, site: &Site) -> impl Iterator<Item = (usize, &u32)> {
        self.unit_of_lane[site.lane..site.lane + site.lanes].iter().enumerate().filter(|&(_, &unit)| unit != NO_UNIT)
    }

    /// Lanes of a site that are units, a bit for each.
    pub(crate) fn lanes_in_use(&self, site: &Site) -> u64 {
        self.units_of(site).fold(0, |bits, (lane, _)| bits | 1 << lane)
    }

    /// Number of the site that has a lane.
    pub(crate) fn site_of(&self, lane: usize) -> usize {
        match self.convolution {
            None => lane / TILE,
            // Tiles may differ in the lanes of their sites.
            Some(_) => self.sites.partition_point(|site| site.lane <= lane) - 1,
        }
    }

    /// Lane of each unit.
    pub(crate) fn lane_of_unit(&self) -> Vec<u32> {
        let mut lanes = vec![NO_UNIT; self.shape.units];
        for (lane, &unit) in self.unit_of_lane.iter().enumerate().filter(|&(_, &unit)| unit != NO_UNIT) {
            lanes[unit as usize] = lane as u32;
        }
        lanes
    }

    /// Additions of a weight to a unit that arriving spikes cost.
    pub(crate) fn operations(&self, arriving: &[u32]) -> u64 {
        match &self.convolution {
            None => arriving.len() as u64 * self.shape.units as u64,
            Some(convolution) => convolution.operations(arriving),
        }
    }
}

/// A layer with what it finds below it.
enum Placed {
    Pool(Pool),
    Dense { below: usize, units: usize, recurrent: bool },
    Convolution { input: Picture, output: Picture, kernel: usize },
}

/// The layers of a valid network but for those that only reshape, from the input up.
fn placed(network: &NetworkConfig) -> Vec<Placed> {
    let mut layers = Vec::new();
    let mut pool_below: Option<Pool> = None;
    let mut units = network.input.units();
    let mut picture = match network.input {
        InputShape::Units(_) => None,
        InputShape::Picture(shape) => Some(Picture::of(shape)),
    };
    for layer in &network.layers {
        match layer {
            LayerConfig::Flatten(_) => picture = None,
            LayerConfig::AvgPool2d(pool) | LayerConfig::MaxPool2d(pool) => {
                let kind = if matches!(layer, LayerConfig::AvgPool2d(_)) { PoolKind::Average } else { PoolKind::Max };
                let input = picture.expect("the configuration is valid: a pool is above a picture");
                let pool = Pool::new(kind, pool.window as usize, input, pool_below.as_ref());
                units = pool.output.units();
                picture = Some(pool.output);
                pool_below = Some(pool);
                layers.push(Placed::Pool(pool));
            }
            LayerConfig::Dense(dense) => {
                let (below, recurrent) = (units, dense.recurrent);
                layers.push(Placed::Dense { below, units: dense.units as usize, recurrent });
                units = dense.units as usize;
                pool_below = None;
            }
            LayerConfig::Conv2d(conv) => {
                let input = picture.expect("the configuration is valid: a convolution is above a picture");
                let output = Picture { channels: conv.channels as usize, ..input };
                layers.push(Placed::Convolution { input, output, kernel: conv.kernel as usize });
                units = output.units();
                picture = Some(output);
                pool_below = None;
            }
        }
    }
    layers
}

/// Sizes of a valid network's spiking layers, from the input up; they take no memory to find.
pub(crate) fn shapes(network: &NetworkConfig) -> Vec<LayerShape> {
    let shape = |layer: &Placed| match *layer {
        Placed::Pool(_) => None,
        Placed::Dense { below, units, recurrent } => Some(dense_shape(below, units, recurrent)),
        Placed::Convolution { input, output, kernel } => Some(convolution_shape(input, output, kernel)),
    };
    placed(network).iter().filter_map(shape).collect()
}

/// The wirings of a valid network's spiking layers, from the input up.
pub(crate) fn wire(network: &NetworkConfig) -> Vec<Wiring> {
    let mut wirings: Vec<Wiring> = Vec::new();
    let mut pools: Vec<Pool> = Vec::new();
    for layer in placed(network) {
        let wiring = match layer {
            Placed::Pool(pool) => {
                pools.push(pool);
                continue;
            }
            Placed::Dense { below, units, recurrent } => dense_wiring(below, units, recurrent),
            Placed::Convolution { input, output, kernel } => convolution_wiring(input, output, kernel),
        };
        wirings.push(wiring.above(wirings.last(), std::mem::take(&mut pools)));
    }
    wirings
}

fn dense_shape(below: usize, units: usize, recurrent: bool) -> LayerShape {
    let inputs = if recurrent { below + units } else { below };
    LayerShape { inputs, units, filters: units, recurrent, picture: None, kernel: None }
}

fn convolution_shape(input: Picture, output: Picture, kernel: usize) -> LayerShape {
    LayerShape {
        inputs: input.channels * kernel * kernel,
        units: output.units(),
        filters: output.channels,
        recurrent: false,
        picture: Some(output),
        kernel: Some(kernel),
    }
}

fn dense_wiring(below: usize, units: usize, recurrent: bool) -> Wiring {
    let sites = (0..units).step_by(TILE).enumerate().map(|(tile, lane)| Site {
        tile,
        index: 0,
        lane,
        lanes: padded(TILE.min(units - lane)),
        adjoint: lane,
        is_edge: false,
    });
    let lanes = padded(units);
    Wiring {
        shape: dense_shape(below, units, recurrent),
        pools: Vec::new(),
        share: 1.0,
        convolution: None,
        sites: sites.collect(),
        lanes,
        stride: lanes,
        unit_of_lane: (0..lanes as u32).map(|lane| if (lane as usize) < units { lane } else { NO_UNIT }).collect(),
        arrival_of_lane: Vec::new(),
    }
}

fn convolution_wiring(input: Picture, output: Picture, kernel: usize) -> Wiring {
    let convolution = Convolution::new(input, output, kernel);
    let (sites, unit_of_lane) = convolution.sites();
    Wiring {
        shape: convolution_shape(input, output, kernel),
        pools: Vec::new(),
        share: 1.0,
        sites,
        lanes: unit_of_lane.len(),
        stride: convolution.stride,
        unit_of_lane,
        arrival_of_lane: Vec::new(),
        convolution: Some(convolution),
    }
}

impl Wiring {
    fn above(mut self, source: Option<&Self>, pools: Vec<Pool>) -> Self {
        let averages = pools.iter().filter(|pool| pool.kind == PoolKind::Average);
        self.share = averages.map(|pool| 1.0 / (pool.window * pool.window) as f32).product();
        if let Some(source) = source {
            let arrive = |unit: u32| pools.iter().fold(unit, |unit, pool| pool.above(unit));
            self.arrival_of_lane = source.unit_of_lane.iter().map(|&unit| arrive(unit)).collect();
        }
        self.pools = pools;
        self
    }
}
