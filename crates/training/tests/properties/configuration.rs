//! Configurations as JSON: of the right form, with values from usual to absurd.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A number for a real-valued setting.
fn real() -> impl Strategy<Value = Value> {
    const EXTREMES: [f64; 17] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.999_999_9,
        1.000_000_1,
        1e-3,
        1e-45,
        1e-40,
        1e-300,
        1e-20,
        1e6,
        1e20,
        3.4e38,
        1e39,
        1e308,
        -1e30,
    ];
    prop_oneof![
        8 => (0.0..1.0f64).prop_map(Value::from),
        3 => (0.0..10.0f64).prop_map(Value::from),
        3 => proptest::sample::select(&EXTREMES[..]).prop_map(Value::from),
    ]
}

/// A number for a setting that counts.
fn whole() -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => (1..6u32).prop_map(Value::from),
        1 => proptest::sample::select(vec![json!(0), json!(-1), json!(65_535), json!(65_536), json!(4_294_967_295u32), json!(1e18), json!(1.5)]),
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::sample::select(words).prop_map(Value::from)
}

/// An object with the type `name` and some of the fields.
fn tagged(name: &'static str, fields: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    object(fields)
        .prop_map(move |mut object| {
            object["type"] = json!(name);
            object
        })
        .boxed()
}

/// An object with some of the fields, each in one case of three.
fn object(fields: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| prop_oneof![2 => Just(None), 1 => value.prop_map(move |value| Some((name.to_owned(), value)))])
        .collect();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect::<Map<_, _>>())).boxed()
}

fn neuron() -> BoxedStrategy<Value> {
    object(vec![
        ("currentDecay", real().boxed()),
        ("membraneDecay", real().boxed()),
        ("threshold", real().boxed()),
        ("currentGain", real().boxed()),
        ("membraneGain", real().boxed()),
        ("biasGain", real().boxed()),
        ("singleSpike", any::<bool>().prop_map(Value::from).boxed()),
        ("refractory", whole().boxed()),
    ])
}

/// Delays of a dense layer, in one case of three.
fn delays() -> impl Strategy<Value = Option<Value>> {
    let max = prop_oneof![6 => 0..30u32, 1 => Just(1000)];
    let some = (word(&["input", "connection"]), max, any::<bool>())
        .prop_map(|(by, max, learn)| Some(json!({ "by": by, "max": max, "learn": learn })));
    prop_oneof![2 => Just(None), 1 => some]
}

/// A network whose layers fit each other.
pub(crate) fn small_network() -> impl Strategy<Value = Value> {
    let dense = || {
        (1..70u32, any::<bool>(), delays()).prop_map(|(units, recurrent, delays)| {
            let mut layer = json!({ "type": "dense", "units": units, "recurrent": recurrent });
            if let Some(delays) = delays {
                layer["delays"] = delays;
            }
            layer
        })
    };
    let flat = proptest::collection::vec(dense(), 0..3).prop_map(|layers| (json!(12), layers));
    let square = || prop_oneof![Just(1), Just(3), Just(5)];
    let image_layer = prop_oneof![
        (1..70u32, square())
            .prop_map(|(channels, kernel)| json!({ "type": "conv2d", "channels": channels, "kernel": kernel })),
        word(&["avgPool2d", "maxPool2d"]).prop_map(|name| json!({ "type": name, "window": 1 })),
    ];
    let image = (proptest::collection::vec(image_layer, 0..3), word(&["avgPool2d", "maxPool2d"])).prop_map(
        |(mut layers, pool)| {
            layers.push(json!({ "type": pool, "window": 2 }));
            layers.push(json!({ "type": "flatten" }));
            (json!([1, 3, 5]), layers)
        },
    );
    let steps = prop_oneof![8 => 1..80u32, 1 => Just(1), 1 => Just(700)];
    (prop_oneof![2 => flat, 1 => image], steps).prop_map(|((input, mut layers), steps)| {
        layers.push(json!({ "type": "dense", "units": 4 }));
        json!({ "input": input, "steps": steps, "layers": layers })
    })
}

fn network() -> impl Strategy<Value = Value> {
    let stray = prop_oneof![
        12 => Just(None),
        1 => (word(&["input", "steps", "layers", "neurons"]), any_value()).prop_map(Some),
    ];
    (small_network(), neuron(), stray).prop_map(|(mut network, neuron, stray)| {
        network["neuron"] = neuron;
        if let Some((name, value)) = stray {
            network[name.as_str().expect("a word")] = value;
        }
        network
    })
}

/// Something that is most likely wrong.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        real(),
        whole(),
        word(&["", "auto", "full"]),
        Just(json!([])),
        Just(json!({})),
        Just(json!([1, 2, 3])),
        Just(json!([4_294_967_295u32, 4_294_967_295u32, 4_294_967_295u32])),
        Just(json!([{ "type": "dense", "units": 4_294_967_295u32 }])),
        Just(json!([{ "type": "conv2d", "channels": 4_294_967_295u32, "kernel": 4_294_967_295u32 }])),
    ]
}

fn per_layer() -> BoxedStrategy<Value> {
    prop_oneof![3 => real(), 1 => proptest::collection::vec(real(), 1..4).prop_map(Value::from)].boxed()
}

fn surrogate() -> BoxedStrategy<Value> {
    prop_oneof![
        tagged("exponential", vec![("scale", real().boxed()), ("sharpness", real().boxed())]),
        tagged("fastSigmoid", vec![("scale", real().boxed()), ("sharpness", real().boxed())]),
        tagged("arctan", vec![("scale", real().boxed()), ("sharpness", real().boxed())]),
        tagged("triangle", vec![("scale", real().boxed()), ("halfWidth", real().boxed())]),
        tagged("rectangle", vec![("scale", real().boxed()), ("halfWidth", real().boxed())]),
        tagged(
            "table",
            vec![
                ("step", real().boxed()),
                ("values", proptest::collection::vec(real(), 0..4).prop_map(Value::from).boxed()),
                ("first", real().boxed()),
            ],
        ),
    ]
    .boxed()
}

fn reset_path() -> BoxedStrategy<Value> {
    prop_oneof![
        word(&["ignore", "full"]),
        real().prop_map(|window| json!({ "window": window })),
        whole().prop_map(|lag| json!({ "lag": lag })),
    ]
    .boxed()
}

fn rule() -> BoxedStrategy<Value> {
    let variant = || word(&["srm", "rnn", "slayer"]).boxed();
    let paths = || object(vec![("activation", reset_path()), ("timing", reset_path())]);
    let points = || {
        proptest::collection::vec(
            (whole(), real()).prop_map(|(epoch, factor)| json!({ "epoch": epoch, "factor": factor })),
            0..3,
        )
        .prop_map(Value::from)
        .boxed()
    };
    let schedule = move || {
        object(vec![
            ("interpolation", word(&["hold", "linear"]).boxed()),
            ("activation", points()),
            ("timing", points()),
        ])
    };
    let both = move || {
        vec![
            ("activationWeight", per_layer()),
            ("timingWeight", per_layer()),
            ("weightSchedule", schedule()),
            ("variant", variant()),
            ("surrogate", surrogate()),
            ("resetPath", paths()),
        ]
    };
    prop_oneof![
        tagged("activation", vec![("variant", variant()), ("surrogate", surrogate()), ("resetPath", paths())]),
        tagged("timing", vec![("resetPath", paths())]),
        tagged("antlr", both()),
        tagged("mixture", both()),
    ]
    .boxed()
}

fn loss() -> BoxedStrategy<Value> {
    let target_count = object(vec![
        ("weight", real().boxed()),
        ("scope", word(&["silent", "all"]).boxed()),
        ("goal", real().boxed()),
        ("positive", real().boxed()),
        ("negative", real().boxed()),
    ]);
    prop_oneof![
        tagged("count", vec![("positive", real().boxed()), ("negative", real().boxed())]),
        tagged(
            "countCrossEntropy",
            vec![
                ("inverseTemperature", real().boxed()),
                ("labelSmoothing", real().boxed()),
                ("classWeights", prop_oneof![Just(json!([1, 0.5])), any_value()].boxed()),
            ]
        ),
        tagged("spikeTrain", vec![("kernelDecay", real().boxed())]),
        tagged(
            "latency",
            vec![
                ("inverseTemperature", real().boxed()),
                ("silentTargetPenalty", real().boxed()),
                ("endSimulation", word(&["sample", "batch", "off"]).boxed()),
                ("targetCount", target_count),
                ("labelSmoothing", real().boxed()),
                ("classWeights", prop_oneof![Just(json!([1, 0.5])), any_value()].boxed()),
            ]
        ),
    ]
    .boxed()
}

fn regularizers() -> BoxedStrategy<Value> {
    object(vec![
        ("spikePenalty", real().boxed()),
        (
            "rateBounds",
            object(vec![
                ("by", word(&["layer", "unit"]).boxed()),
                ("lower", real().boxed()),
                ("upper", real().boxed()),
                ("strength", real().boxed()),
            ]),
        ),
    ])
}

fn optimizer() -> BoxedStrategy<Value> {
    prop_oneof![
        tagged(
            "adam",
            vec![
                ("learningRate", real().boxed()),
                ("beta1", real().boxed()),
                ("beta2", real().boxed()),
                ("epsilon", real().boxed()),
                ("weightDecay", real().boxed()),
            ]
        ),
        tagged(
            "adamW",
            vec![("learningRate", real().boxed()), ("beta2", real().boxed()), ("weightDecay", real().boxed())]
        ),
        tagged(
            "sgd",
            vec![("learningRate", real().boxed()), ("momentum", real().boxed()), ("weightDecay", real().boxed())]
        ),
    ]
    .boxed()
}

fn augmentation() -> BoxedStrategy<Value> {
    let image = prop_oneof![Just(Value::Null), Just(json!([1, 3, 4])), any_value()];
    object(vec![
        ("shift", whole().boxed()),
        ("image", image.boxed()),
        ("timeJitter", real().boxed()),
        ("eventDropout", real().boxed()),
        ("inputDropout", real().boxed()),
    ])
}

fn training() -> BoxedStrategy<Value> {
    object(vec![
        ("batchSize", whole().boxed()),
        ("epochs", whole().boxed()),
        ("gradientClip", prop_oneof![real(), Just(Value::Null)].boxed()),
        ("sampling", word(&["shuffled", "byClass"]).boxed()),
        ("gradientNormClip", prop_oneof![real(), Just(Value::Null)].boxed()),
        ("learningRateFactor", per_layer()),
        ("weightBits", prop_oneof![per_layer(), (1..10u32).prop_map(Value::from)].boxed()),
        ("frozen", prop_oneof![Just(json!(["layers.0.weights"])), Just(json!(["layers.7"])), any_value()].boxed()),
        ("earlyStopping", object(vec![("patience", whole().boxed()), ("minImprovement", real().boxed())])),
        ("bestBy", word(&["firstSpike", "count", "membrane", "meanSquaredError", "loss"]).boxed()),
        ("averaging", prop_oneof![
            tagged("ema", vec![("decay", real().boxed())]),
            tagged("swa", vec![("epochs", whole().boxed())]),
        ].boxed()),
        ("silentUnitUpdate", object(vec![
            ("strength", real().boxed()),
            ("rules", word(&["timing", "all", "off"]).boxed()),
            ("convolutions", any::<bool>().prop_map(Value::from).boxed()),
        ])),
        ("initialActivity", (real(), 1..4u32, real())
            .prop_map(|(spikes, samples, tolerance)| json!({ "spikesPerUnit": spikes, "samples": samples, "tolerance": tolerance }))
            .boxed()),
        ("augmentation", augmentation()),
        ("seed", whole().boxed()),
        ("threads", prop_oneof![whole(), Just(json!("auto"))].boxed()),
    ])
}

/// Values of the form of a configuration; most have one or two absurd ones.
pub(crate) fn any_configuration() -> impl Strategy<Value = Value> {
    let schedule = prop_oneof![
        Just(json!({ "type": "constant" })),
        tagged("step", vec![("every", whole().boxed()), ("factor", real().boxed())]),
        tagged("exponential", vec![("factor", real().boxed()), ("interval", word(&["update", "epoch"]).boxed())]),
        tagged("cosine", vec![("finalFactor", real().boxed()), ("warmupEpochs", real().boxed())]),
        tagged("oneCycle", vec![("rising", real().boxed()), ("warmupEpochs", real().boxed())]),
    ];
    let rest = object(vec![
        ("rule", rule()),
        ("loss", loss()),
        ("regularizers", regularizers()),
        ("optimizer", optimizer()),
        ("schedule", schedule.boxed()),
        ("training", training()),
    ]);
    (network(), rest).prop_map(|(network, mut rest)| {
        rest["network"] = network;
        rest
    })
}
