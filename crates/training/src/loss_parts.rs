//! The parts of a loss. Each is named here: records, running sums, metrics and reports follow from the list.

use serde::Serialize;
use spikelet_config::json::FromJson;

macro_rules! parts {
    ($($(#[$attribute:meta])* $name:ident,)+) => {
        /// A loss by parts; those that are off are 0.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, FromJson)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
        pub struct LossParts {
            $($(#[$attribute])* pub $name: f64,)+
        }

        impl LossParts {
            const COUNT: usize = [$(stringify!($name)),+].len();

            /// Every part, in the order of the fields.
            pub(crate) fn values(&self) -> [f64; Self::COUNT] {
                [$(self.$name),+]
            }

            /// Every part, in the order of the fields.
            pub(crate) fn values_mut(&mut self) -> [&mut f64; Self::COUNT] {
                [$(&mut self.$name),+]
            }
        }
    };
}

parts! {
    /// The loss's own term: that of counts, trains, a trace, or cross-entropy.
    main,
    /// Penalty of labelled units that stay silent.
    silent_target_penalty,
    /// Count term of the latency loss.
    target_count,
    /// Spikes per unit of hidden layers outside their bounds.
    rate_bounds,
    /// Spikes of hidden layers.
    spike_penalty,
}

impl LossParts {
    /// The sum of all parts, in the order of the fields.
    pub(crate) fn total(&self) -> f64 {
        self.values().into_iter().reduce(|sum, part| sum + part).unwrap_or_default()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.values_mut().into_iter().zip(other.values()).for_each(|(sum, part)| *sum += part);
    }

    /// Each part as `change` makes it.
    pub(crate) fn map(mut self, change: impl Fn(f64) -> f64) -> Self {
        self.values_mut().into_iter().for_each(|part| *part = change(*part));
        self
    }
}
