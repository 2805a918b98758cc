//! Little-endian numbers, one after the other. Where they end, or do not fit each other, reading ends with the panic `refused`.

use alloc::vec::Vec;

use crate::checks::{demand, product, refuse};
use crate::sources::Sources;

/// States that a file may ask for beside what is in it: units of layers, and of windows as often as these overlap, sums of what is under
/// way.
pub const MAX_STATES: usize = 1 << 22;

/// Reads numbers; each array is filled up to a whole word in the file.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    left: &'a [u8],
    /// States that the rest of the file may ask for.
    room: usize,
    sources: Sources,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], max_states: usize) -> Self {
        Self { left: bytes, room: max_states, sources: Sources::default() }
    }

    pub(crate) fn word(&mut self) -> usize {
        let [word] = self.words();
        word
    }

    #[inline(never)]
    fn next(&mut self) -> usize {
        let Some((bytes, left)) = self.left.split_first_chunk() else { refuse() };
        self.left = left;
        u32::from_le_bytes(*bytes) as usize
    }

    pub(crate) fn words<const N: usize>(&mut self) -> [usize; N] {
        [(); N].map(|()| self.next())
    }

    pub(crate) fn float(&mut self) -> f32 {
        f32::from_bits(self.word() as u32)
    }

    #[inline(never)]
    pub(crate) fn bytes(&mut self, count: usize) -> &'a [u8] {
        let Some((bytes, left)) = count.checked_next_multiple_of(4).and_then(|count| self.left.split_at_checked(count))
        else {
            refuse()
        };
        self.left = left;
        &bytes[..count]
    }

    /// Numbers of so many bytes each.
    fn numbers<const N: usize, T>(&mut self, count: usize, read: fn([u8; N]) -> T) -> Vec<T> {
        self.bytes(product(&[count, N])).as_chunks().0.iter().map(|&bytes| read(bytes)).collect()
    }

    #[inline(never)]
    pub(crate) fn floats(&mut self, count: usize) -> Vec<f32> {
        self.numbers(count, f32::from_le_bytes)
    }

    #[inline(never)]
    pub(crate) fn integers(&mut self, count: usize) -> Vec<i32> {
        self.numbers(count, i32::from_le_bytes)
    }

    #[inline(never)]
    pub(crate) fn shorts(&mut self, count: usize) -> Vec<u16> {
        self.numbers(count, u16::from_le_bytes)
    }

    /// As many as the next word says, at least one.
    pub(crate) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut list = Vec::new();
        let count = self.word();
        demand(count > 0);
        for _ in 0..count {
            list.push(read(self));
        }
        list
    }

    /// Weights, `[row][column]`, of the type that stands before them; those of small whole numbers have a scale for each column.
    #[inline(never)]
    pub(crate) fn weights(&mut self, count: usize, columns: usize) -> Vec<f32> {
        match self.word() {
            0 => self.floats(count),
            1 => self.shorts(count).into_iter().map(single).collect(),
            kind @ (2 | 3) => {
                let scales = self.floats(columns);
                // 8 or 4 bits, from the lowest ones of a byte on.
                let bits = 32 >> kind;
                let packed = self.bytes(product(&[count, bits]).div_ceil(8));
                let whole = |k: usize| (packed[k * bits / 8] << (8 - bits - k * bits % 8)) as i8 >> (8 - bits);
                (0..count).map(|k| scales[k % columns] * f32::from(whole(k))).collect()
            }
            _ => refuse(),
        }
    }

    /// The product of sizes, none of which is 0, where there is room for so many states.
    #[inline(never)]
    pub(crate) fn states(&mut self, sizes: &[usize]) -> usize {
        let product = product(sizes);
        demand(product > 0 && product <= self.room);
        self.room -= product;
        product
    }

    /// Whether there is room for so many states that a network can do without; a quarter of the room is, so that the rest fits.
    pub(crate) fn spares(&mut self, states: usize) -> bool {
        let spares = states <= self.room / 4;
        self.room -= if spares { states } else { 0 };
        spares
    }

    /// Nodes that were read.
    pub(crate) fn nodes(&self) -> usize {
        self.sources.nodes()
    }

    /// Notes a source that may have so many units at most.
    pub(crate) fn note(&mut self, number: usize, units: usize) {
        self.sources.note(number, units);
    }

    /// Ends a node.
    pub(crate) fn end_node(&mut self, copies: Option<usize>) {
        self.sources.end_node(copies);
    }

    /// Looks whether what was read fits its sources: `units` are those of the input and of the nodes.
    pub(crate) fn end(&self, units: &[usize]) {
        demand(self.sources.are_sound(units, self.room));
    }
}

/// A number of half precision.
fn single(half: u16) -> f32 {
    /// 2⁻²⁴.
    const SMALLEST: f32 = 1.0 / (1 << 24) as f32;
    let (exponent, fraction) = (u32::from(half >> 10 & 31), u32::from(half & 1023));
    let magnitude = match exponent {
        0 => fraction as f32 * SMALLEST,
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    if half >> 15 == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::{Reader, single};

    #[test]
    fn small_whole_numbers_are_parts_of_the_scales_of_their_columns() {
        let scales = [1.0_f32, 0.5].map(f32::to_le_bytes).concat();
        let read = |kind: u8, weights: &[u8]| {
            let bytes = [&[kind, 0, 0, 0], &scales[..], weights].concat();
            Reader::new(&bytes, 0).weights(6, 2)
        };
        let expected = |first, second| [first, second, 0.0, -0.5, 2.0, 0.5];
        assert_eq!(read(2, &[127, 129, 0, 255, 2, 1, 0, 0]), expected(127.0, -63.5));
        assert_eq!(read(3, &[0x97, 0xf0, 0x12, 0]), expected(7.0, -3.5));
    }

    #[test]
    fn states_take_the_room_that_there_is() {
        let mut reader = Reader::new(&[], 7);
        assert_eq!(reader.states(&[3, 2]), 6);
        assert_eq!(reader.states(&[1]), 1);
    }

    #[test]
    #[should_panic(expected = "refused")]
    fn states_beyond_that_are_refused() {
        Reader::new(&[], 7).states(&[usize::MAX, 2]);
    }

    #[test]
    #[should_panic(expected = "refused")]
    fn weights_that_end_early_are_refused() {
        Reader::new(&[3, 0, 0, 0, 0, 0, 0, 0], 0).weights(6, 1);
    }

    #[test]
    fn halves_become_singles() {
        let known = [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0xc000, -2.0),
        ];
        for (half, expected) in known {
            assert_eq!(single(half), expected, "{half:04x}");
        }
        assert_eq!(single(0x7bff), 65_504.0);
        assert_eq!(single(0x8000).to_bits(), (-0.0f32).to_bits());
    }
}
