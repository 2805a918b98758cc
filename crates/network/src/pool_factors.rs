//! What arrives of a spike behind average pools, in double precision.

use spikelet_config::{Graph, LayerConfig, NetworkConfig, Source};

/// The factor f of each input of each layer with neurons: its own, that of its own spikes in a recurrent layer, then the further ones.
#[must_use]
pub fn input_factors(network: &NetworkConfig, graph: &Graph) -> Vec<Vec<f64>> {
    let factors = factors(&network.layers, graph);
    let mut by_layer = Vec::new();
    for (layer, node) in network.layers.iter().zip(&graph.nodes) {
        if !layer.has_units() {
            continue;
        }
        let mut inputs = vec![factor(&factors, &node.sources)];
        if let LayerConfig::Dense(dense) = layer
            && dense.recurrent
        {
            inputs.push(1.0);
        }
        for further in &node.further {
            inputs.push(factor(&factors, &further.sources));
        }
        by_layer.push(inputs);
    }
    by_layer
}

/// What the whole number that each layer sends stands for: sums of average pools stand for means. Sources that add have one factor, as the
/// configuration demands.
fn factors(layers: &[LayerConfig], graph: &Graph) -> Vec<Option<f64>> {
    let mut factors = vec![None; layers.len()];
    // A pool may come before the one that feeds it.
    for _ in layers {
        for (index, node) in graph.nodes.iter().enumerate() {
            let members = match (&layers[index], node.fitted.slid) {
                (LayerConfig::MaxPool2d(_) | LayerConfig::MaxPool1d(_), _) | (_, None) => 1,
                (_, Some(slid)) => slid.window.rows.taps * slid.window.columns.taps,
            };
            factors[index] = if layers[index].has_units() {
                Some(1.0)
            } else {
                known(&factors, &node.sources).map(|before| before / members as f64)
            };
        }
    }
    factors
}

fn known(factors: &[Option<f64>], sources: &[Source]) -> Option<f64> {
    for source in sources {
        let factor = source.layer.map_or(Some(1.0), |layer| factors[layer]);
        if factor.is_some() {
            return factor;
        }
    }
    None
}

/// The factor of the sources of a layer or an input.
fn factor(factors: &[Option<f64>], sources: &[Source]) -> f64 {
    known(factors, sources).unwrap_or(1.0)
}
