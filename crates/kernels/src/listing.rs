//! Events of an input, listed by the sites that see them: the cost follows the spikes, whatever there is of sites and weights.

use crate::StepEvents;

/// A site that sees a place of the input.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// The site.
    pub site: u32,
    /// Row of the site's weights for input channel 0, modulo 2³²: the tile may begin with a later one.
    pub row: u32,
    /// Rows from one input channel to the next.
    pub per_channel: u32,
}

/// The sites that see each unit of an image, whose units are `channel · places + place`.
#[derive(Clone, Debug)]
pub struct Touches {
    /// Places of the image.
    pub places: u32,
    /// Tiles of sites.
    pub blocks: u32,
    /// First tile that sees each channel, and the end of the last.
    pub tiles: Vec<(u32, u32)>,
    /// Start of each tile in `all`, `[place][tile]`, and the end of the last.
    pub offsets: Vec<u32>,
    /// What sees each tile of a place.
    pub all: Vec<Touch>,
}

impl Touches {
    /// Sites that see a unit, each with the row of its weights.
    #[inline(always)]
    pub fn of(&self, unit: u32) -> impl Iterator<Item = (usize, u32)> + '_ {
        let channel = unit / self.places;
        let first = (unit - channel * self.places) * self.blocks;
        let (start, end) = self.tiles[channel as usize];
        let offset = |tile: u32| self.offsets[(first + tile) as usize] as usize;
        let touches = &self.all[offset(start)..offset(end)];
        touches.iter().map(move |touch| (touch.site as usize, touch.row.wrapping_add(channel * touch.per_channel)))
    }
}

/// Lists by site and step.
#[derive(Debug)]
pub struct SiteRows<'a> {
    /// Start of each step in `rows`, site by site `[step]`, and the end of the last.
    pub offsets: &'a mut [u32],
    /// Distance between two sites in `offsets`.
    pub stride: usize,
    /// Rows of weights.
    pub rows: &'a mut Vec<u32>,
    /// Value of each event; empty: all are 1.
    pub values: &'a mut Vec<f32>,
}

/// Lists the rows of steps `from..to` at each site that sees an event, in the order of the events.
pub fn list_touched(touches: &Touches, events: &StepEvents<'_>, (from, to): (usize, usize), lists: &mut SiteRows<'_>) {
    let stride = lists.stride;
    for site in lists.offsets.chunks_exact_mut(stride) {
        site[from..=to].fill(0);
    }
    for t in from..to {
        for &unit in events.at(t) {
            touches.of(unit).for_each(|(site, _)| lists.offsets[site * stride + t + 1] += 1);
        }
    }
    let mut total = 0;
    for site in lists.offsets.chunks_exact_mut(stride) {
        // Filling moves each step's start to its end, which is where the next one starts.
        for offset in &mut site[from..=to] {
            let count = *offset;
            *offset = total;
            total += count;
        }
    }
    lists.rows.resize(total as usize, 0);
    lists.values.resize(if events.is_weighted() { total as usize } else { 0 }, 0.0);
    for t in from..to {
        let units = events.at(t);
        let values = events.values_at(t);
        if values.is_empty() {
            for &unit in units {
                touches.of(unit).for_each(|(site, row)| {
                    lists.place(site * stride + t + 1, row);
                });
            }
        } else {
            for (&unit, &value) in units.iter().zip(values) {
                for (site, row) in touches.of(unit) {
                    let at = lists.place(site * stride + t + 1, row);
                    lists.values[at] = value;
                }
            }
        }
    }
}

impl SiteRows<'_> {
    /// Lists a row next at a site and step, and says where.
    #[inline(always)]
    fn place(&mut self, end: usize, row: u32) -> usize {
        let next = &mut self.offsets[end];
        let at = *next as usize;
        self.rows[at] = row;
        *next += 1;
        at
    }
}
