//! Geometry of a convolution: its sites, and which of them an input spike touches.

use spikelet_config::geometry::{Image, Strip};
use spikelet_kernels::{Landing, TILE};

use crate::connection::layout::Site;
use crate::events::NO_UNIT;

/// A site that sees a place of the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touch {
    pub(crate) site: u32,
    /// Row of the site's weights for the first input channel.
    row: u32,
    /// Rows from one input channel to the next.
    per_channel: u32,
}

/// Output channels that share strips.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// First channel.
    pub(crate) first: usize,
    pub(crate) strip: Strip,
    /// First lane in a step of the layer's adjoints, which lie `[y][x][channel]` with a border of half a kernel.
    pub(crate) adjoint: usize,
}

/// Input channels whose gradients are summed together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InputBlock {
    pub(crate) first: usize,
    pub(crate) strip: Strip,
    /// First lane of its strips among those of all.
    pub(crate) lane: usize,
}

/// A cross-correlation of stride 1 that keeps height and width.
#[derive(Clone, Debug)]
pub(crate) struct Convolution {
    pub(crate) input: Image,
    pub(crate) output: Image,
    pub(crate) kernel: usize,
    /// One a tile.
    pub(crate) blocks: Vec<Block>,
    pub(crate) input_blocks: Vec<InputBlock>,
    /// Distance between two steps of the adjoints.
    pub(crate) stride: usize,
    /// Lanes of the gradients of all inputs.
    pub(crate) input_lanes: usize,
    /// Start of each place of the input in `touches`, and the end of the last.
    touch_offsets: Vec<u32>,
    touches: Vec<Touch>,
}

impl Convolution {
    pub(crate) fn new(input: Image, output: Image, kernel: usize) -> Self {
        let mut input_blocks = Vec::new();
        let mut lane = 0;
        for (first, strip) in Strip::blocks(input.width, input.channels) {
            input_blocks.push(InputBlock { first, strip, lane });
            lane += strip.count(input.width) * input.height * strip.lanes();
        }
        // Strips write whole lanes, and the last strip of a row may reach beyond the image.
        let beyond = |block: &InputBlock| block.strip.count(input.width) * block.strip.places - input.width;
        let slack = TILE * (2 + input_blocks.iter().map(beyond).max().unwrap_or(0));
        let mut blocks = Vec::new();
        let mut stride = 0;
        for (first, strip) in Strip::blocks(output.width, output.channels) {
            blocks.push(Block { first, strip, adjoint: stride });
            stride += (output.height + kernel - 1) * (output.width + kernel - 1) * strip.channels + slack;
        }
        let input_lanes = lane;
        let mut convolution = Self {
            input,
            output,
            kernel,
            blocks,
            input_blocks,
            stride,
            input_lanes,
            touch_offsets: vec![0],
            touches: Vec::new(),
        };
        for place in 0..input.places() {
            convolution.touch(place / input.width, place % input.width);
            convolution.touch_offsets.push(convolution.touches.len() as u32);
        }
        convolution
    }

    /// Zeros around the image on each side.
    fn border(&self) -> usize {
        self.kernel / 2
    }

    /// Lists the sites that see `(y, x)`.
    fn touch(&mut self, y: usize, x: usize) {
        let border = self.border();
        let Image { height, width, .. } = self.output;
        let mut first_site = 0;
        for block in &self.blocks {
            let Strip { places, .. } = block.strip;
            let (strips, columns) = (block.strip.count(width), block.strip.columns(self.kernel));
            for row in y.saturating_sub(border)..height.min(y + border + 1) {
                for strip in x.saturating_sub(border) / places..=(x + border).min(width - 1) / places {
                    // The unit at `row` sees `y` through row y − row + border of the kernel; columns count from the strip's first.
                    let (dy, dx) = (y + border - row, x + border - strip * places);
                    self.touches.push(Touch {
                        site: (first_site + row * strips + strip) as u32,
                        row: (dy * columns + dx) as u32,
                        per_channel: (self.kernel * columns) as u32,
                    });
                }
            }
            first_site += height * strips;
        }
    }

    /// Sites that an input unit touches, with the rows of their weights.
    #[inline]
    pub(crate) fn touched(&self, unit: u32) -> impl Iterator<Item = (usize, u32)> + '_ {
        let (channel, place) = (unit / self.input.places() as u32, unit as usize % self.input.places());
        let range = self.touch_offsets[place] as usize..self.touch_offsets[place + 1] as usize;
        self.touches[range].iter().map(move |touch| (touch.site as usize, touch.row + channel * touch.per_channel))
    }

    /// Appends the strips of a block of input channels that a site's units see, with the rows of their weights towards it.
    pub(crate) fn landings(&self, block: usize, site: &Site, to: &mut Vec<Landing>) {
        let (above, below) = (&self.blocks[site.tile], &self.input_blocks[block]);
        let Strip { places, channels } = above.strip;
        let strips = above.strip.count(self.output.width);
        let (y, x) = (site.index / strips, site.index % strips * places);
        let places = places.min(self.output.width - x);
        let (of_strip, columns) = (below.strip.places, below.strip.columns(self.kernel));
        // Columns and rows with the border: the strip that starts at `start` is seen by columns `start..start + columns`.
        let (row, column) = (y + self.border(), x + self.border());
        for dy in (0..self.kernel).filter(|dy| (0..self.input.height).contains(&row.wrapping_sub(*dy))) {
            for strip in 0..below.strip.count(self.input.width) {
                let start = strip * of_strip;
                let seen = column.max(start)..(column + places).min(start + columns);
                if seen.is_empty() {
                    continue;
                }
                let lane = |column_seen: usize| (site.lane + (column_seen - column) * channels) as u32;
                let number = (row - dy) * below.strip.count(self.input.width) + strip;
                to.push(Landing {
                    at: (below.lane + number * below.strip.lanes()) as u32,
                    from: lane(seen.start),
                    to: lane(seen.end),
                    row: ((dy * columns + seen.start - start) * channels) as u32,
                });
            }
        }
    }

    /// Additions of a weight to a unit: each spike reaches all channels of the places that see it.
    pub(crate) fn operations(&self, arriving: &[u32]) -> u64 {
        let border = self.border();
        let reach = |at: usize, size: usize| (at + border + 1).min(size) - at.saturating_sub(border);
        let places = arriving.iter().map(|&unit| {
            let (_, y, x) = self.input.place(unit);
            (reach(y, self.output.height) * reach(x, self.output.width)) as u64
        });
        places.sum::<u64>() * self.output.channels as u64
    }

    /// Sites of all blocks and the unit of each of their lanes.
    pub(crate) fn sites(&self) -> (Vec<Site>, Vec<u32>) {
        let Image { height, width, .. } = self.output;
        let (mut sites, mut units) = (Vec::new(), Vec::new());
        for (tile, block) in self.blocks.iter().enumerate() {
            let Strip { places, channels } = block.strip;
            let first_lane = units.len();
            for y in 0..height {
                for x in (0..width).step_by(places) {
                    let lane = units.len();
                    sites.push(Site {
                        tile,
                        index: (lane - first_lane) / block.strip.lanes(),
                        lane,
                        lanes: block.strip.lanes(),
                        adjoint: self.adjoint(block, y + self.border(), x + self.border()),
                        is_edge: x + places > width,
                    });
                    for place in 0..places {
                        let unit = |channel| self.output.unit(block.first + channel, y, x + place);
                        units.extend(
                            (0..channels).map(|channel| if x + place < width { unit(channel) } else { NO_UNIT }),
                        );
                    }
                    units.resize(lane + block.strip.lanes(), NO_UNIT);
                }
            }
        }
        (sites, units)
    }

    /// Lanes of a row of a block's adjoints, borders included.
    pub(crate) fn row_lanes(&self, block: &Block) -> usize {
        (self.output.width + self.kernel - 1) * block.strip.channels
    }

    /// Lane of a place of the bordered image in a block's adjoints.
    pub(crate) fn adjoint(&self, block: &Block, y: usize, x: usize) -> usize {
        block.adjoint + y * self.row_lanes(block) + x * block.strip.channels
    }

    /// First lane of the strip that holds an input unit, the lanes of that strip, and the unit's lane in it.
    pub(crate) fn input_place(&self, unit: u32) -> (usize, usize, usize) {
        let (channel, y, x) = self.input.place(unit);
        let block = &self.input_blocks[channel / TILE];
        let Strip { places, channels } = block.strip;
        let strip = y * block.strip.count(self.input.width) + x / places;
        let lanes = block.strip.lanes();
        (block.lane + strip * lanes, lanes, x % places * channels + channel - block.first)
    }
}
