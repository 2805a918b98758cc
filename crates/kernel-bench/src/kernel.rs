use crate::Case;

/// A number that a kernel's shape, sparsity or rule depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Value in every case but those that vary it.
    pub standard: f64,
    /// Values with all other parameters at their standard.
    pub others: &'static [f64],
    /// Least and greatest value.
    pub range: (f64, f64),
    /// Number of which it is a multiple; 0 where it need not be whole.
    pub multiple: u32,
}

impl Parameter {
    /// A whole number, a multiple of `multiple`.
    pub(crate) const fn whole(
        name: &'static str,
        about: &'static str,
        standard: u32,
        others: &'static [f64],
        (range, multiple): ((u32, u32), u32),
    ) -> Self {
        Self { name, about, standard: standard as f64, others, range: (range.0 as f64, range.1 as f64), multiple }
    }

    /// A share between 0 and 1.
    pub(crate) const fn share(name: &'static str, about: &'static str, standard: f64, others: &'static [f64]) -> Self {
        Self { name, about, standard, others, range: (0.0, 1.0), multiple: 0 }
    }

    fn allows(&self, value: f64) -> bool {
        let is_multiple = self.multiple == 0 || value % f64::from(self.multiple) == 0.0;
        is_multiple && (self.range.0..=self.range.1).contains(&value)
    }
}

/// A kernel that can be measured.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// Name.
    pub name: &'static str,
    /// What it computes, in a sentence without its full stop.
    pub about: &'static str,
    /// Whether it measures what the machine can do at best.
    pub is_ceiling: bool,
    /// What its cases differ by.
    pub parameters: &'static [Parameter],
    /// Makes the case of some values.
    pub(crate) make: fn(&Values<'_>) -> Box<dyn Case>,
}

impl Kernel {
    /// The case of values in the order of the parameters; `None` where one is missing or out of its range.
    #[must_use]
    pub fn case(&self, values: &[f64]) -> Option<Box<dyn Case>> {
        let fits = values.len() == self.parameters.len()
            && self.parameters.iter().zip(values).all(|(parameter, &value)| parameter.allows(value));
        fits.then(|| (self.make)(&Values { parameters: self.parameters, values }))
    }

    /// Values of every case of the grid: the standard ones, then each parameter varied alone.
    #[must_use]
    pub fn grid(&self) -> Vec<Vec<f64>> {
        let standard: Vec<f64> = self.parameters.iter().map(|parameter| parameter.standard).collect();
        let mut grid = vec![standard.clone()];
        for (place, parameter) in self.parameters.iter().enumerate() {
            grid.extend(parameter.others.iter().map(|&value| {
                let mut values = standard.clone();
                values[place] = value;
                values
            }));
        }
        grid
    }
}

/// Values of a kernel's parameters.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    parameters: &'a [Parameter],
    values: &'a [f64],
}

impl Values<'_> {
    pub(crate) fn share(&self, name: &str) -> f64 {
        let place = self.parameters.iter().position(|parameter| parameter.name == name);
        self.values[place.expect("a kernel asks for its own parameters")]
    }

    pub(crate) fn size(&self, name: &str) -> usize {
        self.share(name) as usize
    }
}
