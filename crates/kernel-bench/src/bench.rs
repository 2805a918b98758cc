use spikelet_kernels::Level;

use crate::{Buffer, Case, Cost, Kernel, Numbers};

/// How a case is run.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// By the kernel, at a SIMD level.
    Kernel(Level),
    /// By the plain twin.
    Plain,
}

impl Way {
    /// The way of a name: a SIMD level of this machine, or `plain`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "plain" { Some(Self::Plain) } else { Level::from_name(name).map(Self::Kernel) }
    }

    fn run(self, case: &mut dyn Case) {
        match self {
            Self::Kernel(level) => case.run(level),
            Self::Plain => case.run_plain(),
        }
    }
}

/// A case on some threads, each of which has its own.
pub struct Bench {
    cases: Vec<Box<dyn Case>>,
}

impl Bench {
    /// The case of some values, once for each thread; `None` where a value is missing or out of its range.
    #[must_use]
    pub fn open(kernel: &Kernel, values: &[f64], threads: usize) -> Option<Self> {
        let cases = (0..threads.max(1)).map(|_| kernel.case(values)).collect::<Option<_>>()?;
        Some(Self { cases })
    }

    /// Runs the case so many times on every thread.
    pub fn run(&mut self, way: Way, times: usize) {
        if let [case] = &mut self.cases[..] {
            return repeat(&mut **case, way, times);
        }
        std::thread::scope(|scope| {
            for case in &mut self.cases {
                scope.spawn(|| repeat(&mut **case, way, times));
            }
        });
    }

    /// Numbers of the outputs whose bits differ between the kernel and its plain twin.
    #[must_use]
    pub fn differences(&mut self, level: Level) -> usize {
        let expected = self.once(Way::Plain);
        let found = self.once(Way::Kernel(level));
        expected.iter().zip(&found).map(|(expected, found)| differing(expected, found)).sum()
    }

    /// Outputs after one run from the start, as little-endian bytes.
    #[must_use]
    pub fn once(&mut self, way: Way) -> Vec<(usize, Vec<u8>)> {
        let case = &mut self.cases[0];
        case.restart();
        way.run(&mut **case);
        let outputs = case.outputs().iter().map(|Buffer { numbers, .. }| (width(numbers), numbers.bytes())).collect();
        case.restart();
        outputs
    }

    /// Inputs, then outputs; the outputs as they are before the first run, or after the last.
    #[must_use]
    pub fn buffers(&self) -> (Vec<Buffer<'_>>, Vec<Buffer<'_>>) {
        (self.cases[0].inputs(), self.cases[0].outputs())
    }

    /// Numbers besides the parameters that the kernel is given.
    #[must_use]
    pub fn constants(&self) -> Vec<(&'static str, f64)> {
        self.cases[0].constants()
    }

    /// What a run of one thread needs.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.cases[0].cost()
    }
}

fn repeat(case: &mut dyn Case, way: Way, times: usize) {
    for _ in 0..times {
        way.run(case);
    }
}

fn width(numbers: &Numbers<'_>) -> usize {
    numbers.bytes().len() / numbers.count().max(1)
}

fn differing((width, expected): &(usize, Vec<u8>), (_, found): &(usize, Vec<u8>)) -> usize {
    let width = (*width).max(1);
    expected.chunks(width).zip(found.chunks(width)).filter(|(expected, found)| expected != found).count()
}
