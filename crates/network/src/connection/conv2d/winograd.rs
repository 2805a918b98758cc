//! Gradients of what arrives at a convolution of many channels, 3 × 3 taps and stride 1, by Winograd's F(2 × 2, 3 × 3) (see the kernel's
//! page): 16 products of matrices in place of 36.
//!
//! ```text
//! S̄ = Aᵀ Σ_o (G g[o] Gᵀ ⊙ Bᵀ q[o] B) A,   g[o][a][b] = γ W[o][c][2 − a][2 − b],   G = 1   0   0
//!                                                                                   ½   ½   ½
//!                                                                                   ½  −½   ½
//!                                                                                   0   0   1
//! ```

use spikelet_config::geometry::Window;
use spikelet_kernels::{NO_ROW, PLANE_GAP, PLANES, Planes, Projection, TILE, join_squares, project, spread_squares};

use super::geometry::{Block, Convolution};
use crate::aligned::Aligned;
use crate::connection::sent::Sent;
use crate::parameters::TileParameters;

/// Squares whose products share a load of the weights.
const SQUARES: usize = 32;
/// Rows and columns of a square of sums.
const SIDE: usize = 2;
/// Rows and columns of what a square of sums reads.
const READ: usize = 4;
const TAPS: usize = 3;

/// G g Gᵀ of all weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Winograd {
    /// By block of input channels, `[plane][output channel][lane]`.
    blocks: Vec<Aligned>,
}

/// Scratch of the products.
#[derive(Debug, Default)]
pub(super) struct WinogradScratch {
    /// `[plane][square][output channel]`, with [`PLANE_GAP`] after a plane.
    spread: Aligned,
    /// `[plane][square][lane]`, with [`PLANE_GAP`] after a plane.
    products: Aligned,
    places: Vec<[u32; PLANES]>,
    sums: Vec<[u32; SIDE * SIDE]>,
}

/// Whether a convolution goes this way, in which sums round otherwise.
pub(super) fn suits(convolution: &Convolution) -> bool {
    let Window { rows, columns } = convolution.window;
    convolution.fills_tiles()
        && [rows, columns].iter().all(|axis| (axis.taps, axis.stride, axis.dilation) == (TAPS, 1, 1))
}

impl Winograd {
    /// Transforms the weights of all tiles, `[(c, ky, kx)][lane]`.
    #[inline(never)]
    pub(super) fn refresh(&mut self, convolution: &Convolution, tiles: &[TileParameters]) {
        let outputs = convolution.output.channels;
        self.blocks.resize_with(convolution.input_blocks.len(), Aligned::default);
        for (below, to) in convolution.input_blocks.iter().zip(&mut self.blocks) {
            to.resize(PLANES * outputs * TILE);
            for tile in tiles {
                for lane in 0..TILE {
                    let rows = &tile.weights[convolution.parameter(below.first + lane, 0, 0) * tile.lanes..];
                    for unit in 0..tile.units {
                        let tap = |a: usize, b: usize| rows[((TAPS - 1 - a) * TAPS + TAPS - 1 - b) * tile.lanes + unit];
                        let planes = transformed(tap);
                        for (plane, value) in planes.into_iter().enumerate() {
                            to[(plane * outputs + tile.first + unit) * TILE + lane] = value;
                        }
                    }
                }
            }
        }
    }

    /// Fills `factor · S̄` of all inputs, strip by strip `[step][lane]`, from q of the convolution.
    #[inline(never)]
    pub(super) fn fill(
        &self,
        convolution: &Convolution,
        sent: &Sent<'_>,
        factor: f32,
        scratch: &mut WinogradScratch,
        values: &mut [f32],
    ) {
        let outputs = convolution.output.channels;
        let WinogradScratch { spread, products, places, sums } = scratch;
        let (spread_plane, product_plane) = (SQUARES * outputs + PLANE_GAP, SQUARES * TILE + PLANE_GAP);
        spread.resize(PLANES * spread_plane);
        products.resize(PLANES * product_plane);
        let squares = Squares::new(convolution, sent);
        for first in (0..squares.count()).step_by(SQUARES) {
            let count = SQUARES.min(squares.count() - first);
            for block in &convolution.blocks {
                places.clear();
                places.extend((first..first + count).map(|square| squares.places(block, square)));
                let planes = Planes { plane: spread_plane, square: outputs, first: block.first, lanes: TILE };
                spread_squares(sent.level, &sent.adjoints.q, places, planes, spread);
            }
            for (below, weights) in convolution.input_blocks.iter().zip(&self.blocks) {
                let planes = weights.chunks_exact(outputs * TILE).zip(spread.chunks_exact(spread_plane));
                for ((weights, rows), products) in planes.zip(products.chunks_exact_mut(product_plane)) {
                    let projection = Projection {
                        weights,
                        lanes: TILE,
                        rows,
                        stride: outputs,
                        units: outputs,
                        segments: 1,
                        gap: 0,
                        adds: false,
                        scale: sent.view.drive_gain() * factor,
                        steps: count,
                    };
                    project(sent.level, &projection, products);
                }
                sums.clear();
                sums.extend((first..first + count).map(|square| squares.sums(below.lane, square)));
                let planes = Planes { plane: product_plane, square: TILE, first: 0, lanes: TILE };
                join_squares(sent.level, products, planes, sums, values);
            }
        }
    }
}

/// `G g Gᵀ`.
fn transformed(tap: impl Fn(usize, usize) -> f32) -> [f32; PLANES] {
    let half = [0, 1, 2].map(|column| spread_taps([0, 1, 2].map(|row| tap(row, column))));
    let mut planes = [0.0; PLANES];
    for (row, planes) in planes.chunks_exact_mut(READ).enumerate() {
        planes.copy_from_slice(&spread_taps(half.map(|column| column[row])));
    }
    planes
}

/// `G` times three numbers.
fn spread_taps([a, b, c]: [f32; TAPS]) -> [f32; READ] {
    [a, 0.5 * (a + b + c), 0.5 * (a - b + c), c]
}

/// The squares of the input at all steps.
struct Squares<'a> {
    convolution: &'a Convolution,
    /// Squares of a column, and of a row.
    rows: usize,
    columns: usize,
    steps: usize,
    /// Distance between two steps of the adjoints.
    stride: usize,
}

impl<'a> Squares<'a> {
    fn new(convolution: &'a Convolution, sent: &Sent<'_>) -> Self {
        let (rows, columns) = (convolution.input.height.div_ceil(SIDE), convolution.input.width.div_ceil(SIDE));
        Self { convolution, rows, columns, steps: sent.end, stride: sent.view.layout.stride }
    }

    fn count(&self) -> usize {
        self.steps * self.rows * self.columns
    }

    /// Step of a square, and its first row and column.
    fn at(&self, square: usize) -> (usize, usize, usize) {
        let (row, column) = (square / self.columns, square % self.columns);
        (row / self.rows, row % self.rows * SIDE, column * SIDE)
    }

    /// Where the adjoints of a block of output channels begin that a square reads.
    fn places(&self, block: &Block, square: usize) -> [u32; PLANES] {
        let (t, y, x) = self.at(square);
        let Convolution { output, phases, .. } = self.convolution;
        let windows = (phases.0[0].window + y as isize, phases.1[0].window + x as isize);
        let mut places = [NO_ROW; PLANES];
        for (number, place) in places.iter_mut().enumerate() {
            let window = (windows.0 + (number / READ) as isize, windows.1 + (number % READ) as isize);
            let is_inside =
                (0..output.height as isize).contains(&window.0) && (0..output.width as isize).contains(&window.1);
            if is_inside {
                *place = (t * self.stride + self.convolution.adjoint(block, window)) as u32;
            }
        }
        places
    }

    /// Where the sums of a square begin among those of a block of input channels.
    fn sums(&self, first: usize, square: usize) -> [u32; SIDE * SIDE] {
        let (t, y, x) = self.at(square);
        let input = self.convolution.input;
        [0, 1, 2, 3].map(|number| {
            let (y, x) = (y + number / SIDE, x + number % SIDE);
            let is_inside = y < input.height && x < input.width;
            if is_inside { ((first + (y * input.width + x) * TILE) * self.steps + t * TILE) as u32 } else { NO_ROW }
        })
    }
}
