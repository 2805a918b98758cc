//! Convolutions at the edge of what their numbers can be.

use spikelet_config::Config;
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{Level, Sequential, Trainer, Until};

#[test]
fn huge_weights_fire_no_unit_outside_the_image() {
    // Strips of 3 columns, of which the second has one outside.
    let (width, height, channels) = (5u32, 3u32, 16u32);
    let config = Config::from_json(&format!(
        r#"{{ "network": {{ "input": [1, {height}, {width}], "steps": 20,
             "layers": [{{ "type": "conv2d", "channels": {channels}, "kernel": 3 }}, {{ "type": "flatten" }}, {{ "type": "dense", "units": 3 }}] }},
             "loss": {{ "type": "count" }} }}"#
    ));
    let config = config.expect("it is valid");
    for level in Level::available() {
        let mut trainer = Trainer::new(config.clone(), level).expect("there is memory");
        let (weights, biases) = trainer.parameters(0).expect("it exists");
        trainer.set_parameters(0, &vec![1e38; weights.len()], &biases).expect("they are finite");
        let mut trains = SpikeTrains::new();
        trains.push_sample((0..height).map(|row| (0, row * width + width - 1)));
        let data = Dataset::new(trains, Targets::Labels(vec![0]), 3).expect("they fit");
        let found = trainer.predict(&data, 0..1, Until::End, &Sequential).expect("it predicts");
        let fired = found.layers[0].units();
        assert!(!fired.is_empty() && fired.iter().all(|&unit| unit < channels * height * width), "{level:?}");
    }
}
