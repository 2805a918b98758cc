//! Where a layer's units lie in its arrays.

use spikelet_kernels::TILE;

use crate::events::NO_UNIT;

/// Lanes that run with the weights of a tile.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Tile of the layer.
    pub tile: usize,
    /// Number among the tile's sites.
    pub(crate) index: usize,
    /// First lane in the layer's states.
    pub lane: usize,
    /// Lanes, in whole vectors.
    pub lanes: usize,
    /// First lane in a step of the layer's adjoints.
    pub adjoint: usize,
    /// Whether some of its places lie outside the image.
    pub(crate) is_edge: bool,
}

/// Sites of a layer and the units of their lanes. A dense tile has one site; the tiles of a convolution have many.
#[derive(Clone, Debug)]
pub struct Layout {
    /// By tile.
    pub sites: Vec<Site>,
    /// Lanes of all sites.
    pub lanes: usize,
    /// Distance between two steps of the layer's adjoints.
    pub stride: usize,
    /// Unit of each lane, or [`NO_UNIT`].
    pub(crate) unit_of_lane: Vec<u32>,
    /// Lane of each unit.
    lane_of_unit: Vec<u32>,
    /// Whether all sites but the last fill a tile.
    fills_tiles: bool,
}

impl Layout {
    pub(crate) fn new(sites: Vec<Site>, stride: usize, unit_of_lane: Vec<u32>) -> Self {
        let fills_tiles = sites.iter().enumerate().all(|(number, site)| site.lane == number * TILE);
        let mut lane_of_unit = vec![0; unit_of_lane.iter().filter(|&&unit| unit != NO_UNIT).count()];
        for (lane, &unit) in unit_of_lane.iter().enumerate().filter(|&(_, &unit)| unit != NO_UNIT) {
            lane_of_unit[unit as usize] = lane as u32;
        }
        Self { sites, lanes: unit_of_lane.len(), stride, unit_of_lane, lane_of_unit, fills_tiles }
    }

    /// Unit of each lane of a site, or [`NO_UNIT`].
    pub fn lanes_of(&self, site: &Site) -> &[u32] {
        &self.unit_of_lane[site.lane..site.lane + site.lanes]
    }

    /// Number of units.
    pub(crate) fn units(&self) -> usize {
        self.lane_of_unit.len()
    }

    /// Lane of a unit.
    pub fn lane_of(&self, unit: u32) -> usize {
        self.lane_of_unit[unit as usize] as usize
    }

    /// Lanes of a site that are units, with those.
    pub fn units_of(&self, site: &Site) -> impl Iterator<Item = (usize, &u32)> {
        self.lanes_of(site).iter().enumerate().filter(|&(_, &unit)| unit != NO_UNIT)
    }

    /// Whether each tile has one site, whose lanes are units in their order.
    pub fn is_in_order(&self) -> bool {
        self.sites.iter().enumerate().all(|(number, site)| {
            let first = self.unit_of_lane[site.lane] as usize;
            site.tile == number && self.units_of(site).all(|(lane, &unit)| unit as usize == first + lane)
        })
    }

    /// Lanes of a site that are units, a bit for each.
    pub(crate) fn lanes_in_use(&self, site: &Site) -> u64 {
        self.units_of(site).fold(0, |bits, (lane, _)| bits | 1 << lane)
    }

    /// Number of the site that has a lane.
    pub(crate) fn site_of(&self, lane: usize) -> usize {
        if self.fills_tiles { lane / TILE } else { self.sites.partition_point(|site| site.lane <= lane) - 1 }
    }
}
