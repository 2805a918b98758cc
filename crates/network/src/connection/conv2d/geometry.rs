//! Geometry of a convolution: its sites, which of them an input spike touches, and in which strips of the input gradients are summed
//! (spec 17).

use std::ops::Range;

use spikelet_config::Slid;
use spikelet_config::geometry::{Image, Phase, Strip, Window};
use spikelet_kernels::{Landing, TILE, Touch, Touches};

use crate::connection::layout::Site;
use crate::events::NO_UNIT;
use crate::parameters::TileParameters;

/// Output channels that share strips: those of a tile.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// First channel.
    pub(crate) first: usize,
    pub(crate) strip: Strip,
    /// Input channels that any of them sees.
    pub(crate) seen: Range<usize>,
    /// First lane in a step of the layer's adjoints, which lie `[y][x][channel]` with a border of zeros.
    pub(crate) adjoint: usize,
}

/// Input channels whose gradients are summed together. The places of a strip lie a stride apart.
#[derive(Clone, Debug)]
pub(crate) struct InputBlock {
    pub(crate) number: usize,
    pub(crate) first: usize,
    pub(crate) strip: Strip,
    /// First lane of its strips among those of all.
    pub(crate) lane: usize,
    /// Strips of a row before those of each phase, and those of the whole row at the end.
    strips: Vec<usize>,
}

/// Channels of the output that see the same channels of the input.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) input: Range<usize>,
    /// Channels of the output, as lanes of a place of a tile.
    pub(crate) lanes: Range<usize>,
}

/// A strip of the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InputStrip {
    /// Number among the strips of a block.
    pub(crate) number: usize,
    /// Phases of its row and of its columns.
    pub(crate) phases: (usize, usize),
    /// First window from above, and from the left, that sees its first place; outside the output too.
    pub(crate) windows: (isize, isize),
}

/// Zeros around the adjoints of a layer, for windows outside the output that see a place of the input. The inputs of a layer share its
/// adjoints, and so the widest border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Border {
    /// Windows above and below.
    rows: (usize, usize),
    /// Windows left and right.
    columns: (usize, usize),
    /// Lanes behind the last row: strips write whole lanes, and the last strip of a phase may reach beyond the image.
    slack: usize,
}

impl Border {
    /// The border that a convolution needs.
    pub(crate) fn of(slid: &Slid) -> Self {
        let Slid { input, window, .. } = slid;
        let phases: Vec<_> = (0..window.columns.phases()).map(|first| window.columns.phase(first)).collect();
        let beyond = |(_, strip): (usize, Strip)| {
            phases.iter().map(|phase| strip.count(phase.places) * strip.places - phase.places).max()
        };
        let beyond = Strip::blocks(phases[0].places, input.channels).filter_map(beyond).max();
        Self { rows: window.rows.beyond(), columns: window.columns.beyond(), slack: TILE * (2 + beyond.unwrap_or(0)) }
    }

    /// The border that both need.
    pub(crate) fn or(self, other: Self) -> Self {
        let wider = |one: (usize, usize), other: (usize, usize)| (one.0.max(other.0), one.1.max(other.1));
        Self {
            rows: wider(self.rows, other.rows),
            columns: wider(self.columns, other.columns),
            slack: self.slack.max(other.slack),
        }
    }
}

/// A cross-correlation with the weights of a place.
#[derive(Clone, Debug)]
pub(crate) struct Convolution {
    pub(crate) input: Image,
    pub(crate) output: Image,
    pub(crate) window: Window,
    /// Channels of a group of the input, and of one of the output.
    per_group: (usize, usize),
    /// One a tile.
    pub(crate) blocks: Vec<Block>,
    pub(crate) input_blocks: Vec<InputBlock>,
    /// How places of the input are seen, by what remains of their row, or their column, after division by the stride.
    pub(crate) phases: (Vec<Phase>, Vec<Phase>),
    border: Border,
    /// Distance between two steps of the adjoints.
    pub(crate) stride: usize,
    /// Lanes of the gradients of all inputs.
    pub(crate) input_lanes: usize,
    /// How many outputs see each place of the input.
    seen_by: Vec<u64>,
    /// Whether all tiles see the same, so that one list of it serves their sites.
    lists_once: bool,
    /// Sites with a list that input units touch.
    pub(super) touches: Touches,
}

impl Convolution {
    /// A convolution whose adjoints have at least that border.
    pub(crate) fn new(slid: &Slid, border: Border) -> Self {
        let Slid { input, output, window, groups } = *slid;
        let phases = (
            (0..window.rows.phases()).map(|first| window.rows.phase(first)).collect(),
            (0..window.columns.phases()).map(|first| window.columns.phase(first)).collect(),
        );
        let mut convolution = Self {
            input,
            output,
            window,
            per_group: (input.channels / groups, output.channels / groups),
            blocks: Vec::new(),
            input_blocks: Vec::new(),
            phases,
            border: border.or(Border::of(slid)),
            stride: 0,
            input_lanes: 0,
            seen_by: Vec::new(),
            lists_once: false,
            touches: Touches {
                places: input.places() as u32,
                blocks: 0,
                tiles: Vec::new(),
                offsets: vec![0],
                all: Vec::new(),
            },
        };
        convolution.cut_input();
        convolution.cut_output();
        let is_alike = |pair: &[Block]| pair[0].strip == pair[1].strip && pair[0].seen == pair[1].seen;
        convolution.lists_once = convolution.blocks.windows(2).all(is_alike);
        convolution.touches.blocks = convolution.blocks.len() as u32;
        convolution.touches.tiles = (0..input.channels)
            .map(|channel| if convolution.lists_once { 0..1 } else { convolution.tiles_of(channel) })
            .map(|tiles| (tiles.start as u32, tiles.end as u32))
            .collect();
        let rows: Vec<_> = (0..input.height).map(|y| window.rows.seen_by(y)).collect();
        let columns: Vec<_> = (0..input.width).map(|x| window.columns.seen_by(x)).collect();
        for of_row in &rows {
            for (x, of_column) in columns.iter().enumerate() {
                convolution.touch(of_row, x, of_column);
            }
        }
        let counts = rows.iter().flat_map(|row| columns.iter().map(|column| (row.len() * column.len()) as u64));
        convolution.seen_by = counts.collect();
        convolution
    }

    fn cut_input(&mut self) {
        let width = self.phases.1[0].places;
        for (first, strip) in Strip::blocks(width, self.input.channels) {
            let mut strips = vec![0];
            for phase in &self.phases.1 {
                strips.push(strips[strips.len() - 1] + strip.count(phase.places));
            }
            let lane = self.input_lanes;
            self.input_lanes += strips[strips.len() - 1] * self.input.height * strip.lanes();
            let number = self.input_blocks.len();
            self.input_blocks.push(InputBlock { number, first, strip, lane, strips });
        }
    }

    fn cut_output(&mut self) {
        let Border { rows, slack, .. } = self.border;
        let places = (rows.0 + self.output.height + rows.1) * self.row_windows();
        for (first, strip) in Strip::blocks(self.output.width, self.output.channels) {
            let seen = self.group(first).start..self.group(first + strip.channels - 1).end;
            self.blocks.push(Block { first, strip, seen, adjoint: self.stride });
            self.stride += places * strip.channels + slack;
        }
    }

    /// Input channels that an output channel sees.
    fn group(&self, channel: usize) -> Range<usize> {
        let (seen, seeing) = self.per_group;
        let group = channel / seeing;
        group * seen..(group + 1) * seen
    }

    /// Groups of channels of a tile.
    pub(crate) fn groups(&self, block: &Block) -> impl Iterator<Item = Group> + use<> {
        let (first, end) = (block.first, block.first + block.strip.channels);
        let (seen, seeing) = self.per_group;
        (first / seeing..end.div_ceil(seeing)).map(move |group| Group {
            input: group * seen..(group + 1) * seen,
            lanes: (group * seeing).max(first) - first..((group + 1) * seeing).min(end) - first,
        })
    }

    /// Row of a weight in the parameters of a tile; `channel` counts from the first of the group.
    pub(crate) fn parameter(&self, channel: usize, ky: usize, kx: usize) -> usize {
        (channel * self.window.rows.taps + ky) * self.window.columns.taps + kx
    }

    /// Number of groups of channels.
    pub(crate) fn groups_of_channels(&self) -> usize {
        self.input.channels / self.per_group.0
    }

    /// Weights of a unit.
    pub(crate) fn inputs(&self) -> usize {
        self.parameter(self.per_group.0, 0, 0)
    }

    /// Rows of a site's weights.
    pub(crate) fn rows(&self, block: &Block) -> usize {
        block.strip.rows(block.seen.len(), &self.window)
    }

    /// Row of a site's weights by which its first place sees an input channel.
    pub(crate) fn row(&self, block: &Block, channel: usize, ky: usize, kx: usize) -> usize {
        let columns = block.strip.columns(&self.window.columns);
        ((channel - block.seen.start) * self.window.rows.taps + ky) * columns + kx * self.window.columns.dilation
    }

    /// Lists the sites that see a place of column `x`, tile by tile, from the outputs of its row and of its column with their taps.
    fn touch(&mut self, of_row: &[(usize, usize)], x: usize, of_column: &[(usize, usize)]) {
        let Window { rows, columns } = self.window;
        let mut first_site = 0;
        for block in &self.blocks {
            let Strip { places, .. } = block.strip;
            let strips = block.strip.count(self.output.width);
            let per_channel = (rows.taps * block.strip.columns(&columns)) as u32;
            for &(row, ky) in of_row {
                let mut last = None;
                for &(column, _) in of_column {
                    let strip = column / places;
                    if last.replace(strip) == Some(strip) {
                        continue;
                    }
                    // Columns count from the first that the strip sees.
                    let seen = x + columns.padding - strip * places * columns.stride;
                    let at = (ky * block.strip.columns(&columns) + seen) as u32;
                    self.touches.all.push(Touch {
                        site: (first_site + row * strips + strip) as u32,
                        row: at.wrapping_sub(block.seen.start as u32 * per_channel),
                        per_channel,
                    });
                }
            }
            self.touches.offsets.push(self.touches.all.len() as u32);
            first_site += self.output.height * strips;
        }
    }

    /// How many of the sites have a list of what they see; the others see what these do, in their order.
    pub(crate) fn listed_sites(&self, sites: usize) -> usize {
        if self.lists_once { sites / self.blocks.len() } else { sites }
    }

    /// Strips of a block of input channels, row by row.
    pub(crate) fn input_strips(&self, block: &InputBlock) -> impl Iterator<Item = InputStrip> {
        let strip = block.strip;
        let (of_rows, of_columns) = &self.phases;
        let rows = (0..self.input.height).map(move |y| {
            let phase = y % of_rows.len();
            (phase, of_rows[phase].window + (y / self.window.rows.stride) as isize)
        });
        let columns = move || {
            of_columns.iter().enumerate().flat_map(move |(phase, of)| {
                (0..strip.count(of.places)).map(move |number| (phase, of.window + (number * strip.places) as isize))
            })
        };
        let strips = rows.flat_map(move |row| columns().map(move |column| (row, column))).enumerate();
        strips.map(|(number, (row, column))| InputStrip {
            number,
            phases: (row.0, column.0),
            windows: (row.1, column.1),
        })
    }

    /// Phases of the rows and columns of a strip.
    pub(crate) fn phases_of(&self, strip: &InputStrip) -> (&Phase, &Phase) {
        (&self.phases.0[strip.phases.0], &self.phases.1[strip.phases.1])
    }

    /// Every phase of the rows with every phase of the columns.
    pub(crate) fn each_phase(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (rows, columns) = (self.phases.0.len(), self.phases.1.len());
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
    }

    /// Number among [`Convolution::each_phase`].
    pub(crate) fn phase_number(&self, (row, column): (usize, usize)) -> usize {
        row * self.phases.1.len() + column
    }

    /// How many [`Convolution::each_phase`] gives.
    pub(crate) fn count_phases(&self) -> usize {
        self.phases.0.len() * self.phases.1.len()
    }

    /// The block that has an input channel.
    pub(crate) fn input_block(&self, channel: usize) -> &InputBlock {
        &self.input_blocks[channel / TILE]
    }

    /// Blocks of input channels that a tile sees.
    pub(crate) fn blocks_below(&self, block: &Block) -> Range<usize> {
        block.seen.start / TILE..block.seen.end.div_ceil(TILE)
    }

    /// Tiles that see an input channel.
    pub(crate) fn tiles_of(&self, channel: usize) -> Range<usize> {
        let (seen, seeing) = self.per_group;
        let group = channel / seen;
        group * seeing / TILE..((group + 1) * seeing).div_ceil(TILE)
    }

    /// Channel of an input unit, its phases, and the first window from above, and from the left, that sees it.
    pub(crate) fn windows_of(&self, unit: u32) -> (usize, (usize, usize), (isize, isize)) {
        let (channel, y, x) = self.input.place(unit);
        let (rows, columns) = &self.phases;
        let phases = (y % rows.len(), x % columns.len());
        let window = |phase: &Phase, number: usize| phase.window + number as isize;
        (channel, phases, (window(&rows[phases.0], y / rows.len()), window(&columns[phases.1], x / columns.len())))
    }

    /// Appends where the units of a site land in the strips of a block of input channels that belong to a phase, with the rows of their
    /// weights towards it.
    pub(crate) fn landings(
        &self,
        block: usize,
        phases: (usize, usize),
        (number_of_site, site): (usize, &Site),
        to: &mut Vec<Landing>,
    ) {
        let (above, below) = (&self.blocks[site.tile], &self.input_blocks[block]);
        let (rows, columns) = (&self.phases.0[phases.0], &self.phases.1[phases.1]);
        let Strip { places, channels } = above.strip;
        let strips = above.strip.count(self.output.width);
        let (y, x) = ((site.index / strips) as isize, site.index % strips * places);
        let here = x as isize..(x + places).min(self.output.width) as isize;
        let windows = columns.windows(below.strip.places);
        for tap in 0..rows.taps {
            let Ok(number) = usize::try_from(y - rows.window - (tap * rows.gap) as isize) else { continue };
            if number >= rows.places {
                continue;
            }
            for strip in 0..below.strip.count(columns.places) {
                let start = columns.window + (strip * below.strip.places) as isize;
                let seen = here.start.max(start)..here.end.min(start + windows as isize);
                if seen.is_empty() {
                    continue;
                }
                let lane = |window: isize| (site.lane + (window - here.start) as usize * channels) as u32;
                let row = rows.first + number * self.window.rows.stride;
                let number = row * below.strips[self.phases.1.len()] + below.strips[phases.1] + strip;
                to.push(Landing {
                    site: number_of_site as u32,
                    at: (below.lane + number * below.strip.lanes()) as u32,
                    from: lane(seen.start),
                    to: lane(seen.end),
                    row: ((tap * windows + (seen.start - start) as usize) * channels) as u32,
                });
            }
        }
    }

    /// Visits each output unit that an input unit drives, with its channel and the row of the weight in the parameters of its tile.
    #[inline]
    pub(crate) fn each_driven(&self, input: u32, mut visit: impl FnMut(u32, usize, usize)) {
        let (channel, y, x) = self.input.place(input);
        let (seen, seeing) = self.per_group;
        let (group, in_group) = (channel / seen, channel % seen);
        for (row, ky) in self.window.rows.seen_by(y) {
            for (column, kx) in self.window.columns.seen_by(x) {
                let parameter = self.parameter(in_group, ky, kx);
                for output in group * seeing..(group + 1) * seeing {
                    visit(self.output.unit(output, row, column), output, parameter);
                }
            }
        }
    }

    /// Adds the weights by which an input unit drives each output unit.
    pub(crate) fn add_weights(&self, tiles: &[TileParameters], input: u32, to: &mut [f32]) {
        self.each_driven(input, |unit, output, parameter| {
            let tile = &tiles[output / TILE];
            to[unit as usize] += tile.weights[parameter * tile.lanes + output - tile.first];
        });
    }

    /// Additions of a weight to a unit: each spike reaches all channels of its group at the places that see it.
    pub(crate) fn operations(&self, arriving: &[u32]) -> u64 {
        let places = self.input.places();
        arriving.iter().map(|&unit| self.seen_by[unit as usize % places]).sum::<u64>() * self.per_group.1 as u64
    }

    /// Whether the channels of a place fill tiles, of the input and of the output, and each sees all.
    pub(crate) fn fills_tiles(&self) -> bool {
        let Self { input, output, .. } = *self;
        self.groups_of_channels() == 1 && input.channels.is_multiple_of(TILE) && output.channels.is_multiple_of(TILE)
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
                        adjoint: self.adjoint(block, (y as isize, x as isize)),
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

    /// Windows from the left border to the right one.
    fn row_windows(&self) -> usize {
        self.border.columns.0 + self.output.width + self.border.columns.1
    }

    /// Lanes of a row of a block's adjoints, borders included.
    pub(crate) fn row_lanes(&self, block: &Block) -> usize {
        self.row_windows() * block.strip.channels
    }

    /// Lane of a window, which may be in the border, in a block's adjoints.
    pub(crate) fn adjoint(&self, block: &Block, (y, x): (isize, isize)) -> usize {
        let (above, left) = (self.border.rows.0, self.border.columns.0);
        let (y, x) = ((above as isize + y) as usize, (left as isize + x) as usize);
        block.adjoint + y * self.row_lanes(block) + x * block.strip.channels
    }

    /// First lane of the strip that holds an input unit, the lanes of that strip, and the unit's lane in it.
    pub(crate) fn input_place(&self, unit: u32) -> (usize, usize, usize) {
        let (channel, y, x) = self.input.place(unit);
        let block = &self.input_blocks[channel / TILE];
        let Strip { places, channels } = block.strip;
        let phases = self.phases.1.len();
        let (phase, number) = (x % phases, x / phases);
        let strip = y * block.strips[phases] + block.strips[phase] + number / places;
        let lanes = block.strip.lanes();
        (block.lane + strip * lanes, lanes, number % places * channels + channel - block.first)
    }

    /// First lane of the strip that holds these input units in their order, without any other: `[place][channel]`.
    pub(crate) fn strip_of(&self, units: &[u32]) -> Option<usize> {
        let first = *units.first().filter(|&&unit| unit != NO_UNIT)?;
        let (channel, _, x) = self.input.place(first);
        let Strip { places, channels } = self.input_block(channel).strip;
        let (next_channel, next_place) = (self.input.places(), self.phases.1.len());
        let holds = |first: u32, of_place: &[u32]| {
            of_place.iter().zip((first..).step_by(next_channel)).all(|(&unit, expected)| unit == expected)
        };
        if units.len() != places * channels || x + (places - 1) * next_place >= self.input.width {
            return None;
        }
        let (start, _, lane) = self.input_place(first);
        let mut of_places = units.chunks_exact(channels).zip((first..).step_by(next_place));
        (lane == 0 && of_places.all(|(of_place, first)| holds(first, of_place))).then_some(start)
    }
}
