//! Objects of typed arrays, both ways.

use js_sys::{Array, Float32Array, Int32Array, Object, Reflect, Uint8Array, Uint16Array, Uint32Array};
use spikelet_session as wire;
use wasm_bindgen::prelude::*;

/// The declarations name the objects of the one contract.
#[wasm_bindgen(typescript_custom_section)]
const CONTRACT: &str = r#"import type {
  DatasetArrays,
  EventArrays,
  GeneratedArrays,
  GradientArrays,
  IdxArray,
  InputArrays,
  ParameterArrays,
  PredictionArrays,
  StreamArrays,
  TensorArrays,
} from "./backend.js";"#;

#[wasm_bindgen]
extern "C" {
    /// The arrays of a data set.
    #[wasm_bindgen(typescript_type = "DatasetArrays")]
    pub type DatasetArrays;
    #[wasm_bindgen(method, getter)]
    fn offsets(this: &DatasetArrays) -> Option<Uint32Array>;
    #[wasm_bindgen(method, getter)]
    fn times(this: &DatasetArrays) -> Option<Uint16Array>;
    #[wasm_bindgen(method, getter)]
    fn units(this: &DatasetArrays) -> Option<Uint32Array>;
    #[wasm_bindgen(method, getter)]
    fn pixels(this: &DatasetArrays) -> Option<Uint8Array>;
    #[wasm_bindgen(method, getter)]
    fn values(this: &DatasetArrays) -> Option<Float32Array>;
    #[wasm_bindgen(method, getter)]
    fn rows(this: &DatasetArrays) -> Option<Uint32Array>;
    #[wasm_bindgen(method, getter)]
    fn labels(this: &DatasetArrays) -> Option<Uint32Array>;
    #[wasm_bindgen(method, getter)]
    fn counts(this: &DatasetArrays) -> Option<Float32Array>;
    #[wasm_bindgen(method, getter)]
    fn series(this: &DatasetArrays) -> Option<Float32Array>;
    #[wasm_bindgen(method, getter, js_name = targetOffsets)]
    fn target_offsets(this: &DatasetArrays) -> Option<Uint32Array>;
    #[wasm_bindgen(method, getter, js_name = targetTimes)]
    fn target_times(this: &DatasetArrays) -> Option<Uint16Array>;
    #[wasm_bindgen(method, getter, js_name = targetUnits)]
    fn target_units(this: &DatasetArrays) -> Option<Uint32Array>;

    /// Parameters of a layer, or their gradients.
    #[wasm_bindgen(typescript_type = "ParameterArrays")]
    pub type ParameterArrays;
    #[wasm_bindgen(method, getter)]
    fn weights(this: &ParameterArrays) -> Float32Array;
    #[wasm_bindgen(method, getter)]
    fn biases(this: &ParameterArrays) -> Float32Array;
    #[wasm_bindgen(method, getter)]
    fn learnt(this: &ParameterArrays) -> Vec<TensorArrays>;
    #[wasm_bindgen(method, getter)]
    fn inputs(this: &ParameterArrays) -> Vec<InputArrays>;

    /// Parameters of a further input of a layer, or their gradients.
    #[wasm_bindgen(typescript_type = "InputArrays")]
    pub type InputArrays;
    #[wasm_bindgen(method, getter, js_name = weights)]
    fn weights_of_input(this: &InputArrays) -> Float32Array;
    #[wasm_bindgen(method, getter, js_name = learnt)]
    fn learnt_of_input(this: &InputArrays) -> Vec<TensorArrays>;

    /// A named array.
    #[wasm_bindgen(typescript_type = "TensorArrays")]
    pub type TensorArrays;
    #[wasm_bindgen(method, getter)]
    fn name(this: &TensorArrays) -> String;
    #[wasm_bindgen(method, getter)]
    fn shape(this: &TensorArrays) -> Uint32Array;
    #[wasm_bindgen(method, getter)]
    fn data(this: &TensorArrays) -> Float32Array;
}

impl DatasetArrays {
    pub(crate) fn copied(&self) -> wire::DatasetArrays {
        wire::DatasetArrays {
            offsets: self.offsets().map(|array| array.to_vec()),
            times: self.times().map(|array| array.to_vec()),
            units: self.units().map(|array| array.to_vec()),
            pixels: self.pixels().map(|array| array.to_vec()),
            values: self.values().map(|array| array.to_vec()),
            rows: self.rows().map(|array| array.to_vec()),
            labels: self.labels().map(|array| array.to_vec()),
            counts: self.counts().map(|array| array.to_vec()),
            series: self.series().map(|array| array.to_vec()),
            target_offsets: self.target_offsets().map(|array| array.to_vec()),
            target_times: self.target_times().map(|array| array.to_vec()),
            target_units: self.target_units().map(|array| array.to_vec()),
        }
    }
}

impl ParameterArrays {
    pub(crate) fn copied(&self) -> wire::LayerParameters {
        wire::LayerParameters {
            weights: self.weights().to_vec(),
            biases: self.biases().to_vec(),
            learnt: self.learnt().iter().map(TensorArrays::copied).collect(),
            inputs: self.inputs().iter().map(InputArrays::copied).collect(),
        }
    }
}

impl InputArrays {
    fn copied(&self) -> wire::InputParameters {
        wire::InputParameters {
            weights: self.weights_of_input().to_vec(),
            learnt: self.learnt_of_input().iter().map(TensorArrays::copied).collect(),
        }
    }
}

impl TensorArrays {
    fn copied(&self) -> wire::LearntValues {
        let shape = self.shape().to_vec().into_iter().map(|length| length as usize).collect();
        wire::LearntValues { name: self.name(), shape, values: self.data().to_vec() }
    }
}

/// An object with these properties.
fn object<const N: usize>(properties: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        Reflect::set(&object, &name.into(), &value).expect("a new object can be given a property");
    }
    object
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

/// The values, if there are any.
fn some_floats(values: &[f32]) -> JsValue {
    if values.is_empty() { JsValue::UNDEFINED } else { floats(values) }
}

fn words(values: &[u32]) -> JsValue {
    Uint32Array::from(values).into()
}

fn integers(values: &[i32]) -> JsValue {
    Int32Array::from(values).into()
}

fn list<T>(items: Vec<T>, convert: impl Fn(T) -> Object) -> JsValue {
    items.into_iter().map(convert).collect::<Array>().into()
}

pub(crate) fn event_arrays(events: wire::Events) -> Object {
    object([
        ("offsets", words(&events.offsets)),
        ("times", Uint16Array::from(&events.times[..]).into()),
        ("units", words(&events.units)),
        ("values", some_floats(&events.values)),
    ])
}

pub(crate) fn stream_arrays(answer: wire::StreamAnswer) -> Object {
    object([
        ("times", Uint16Array::from(&answer.times[..]).into()),
        ("units", words(&answer.units)),
        ("membranes", some_floats(&answer.membranes)),
        ("start", answer.start.into()),
        ("overall", decision_arrays(answer.overall).into()),
        ("windows", list(answer.windows, decision_arrays)),
        ("action", answer.action.into()),
    ])
}

fn decision_arrays(decision: wire::StreamDecision) -> Object {
    object([
        ("from", decision.from.into()),
        ("to", decision.to.into()),
        ("counts", words(&decision.counts)),
        ("byCount", decision.by_count.into()),
        ("firstStep", decision.first_step.into()),
        ("firstUnit", decision.first_unit.into()),
        ("byMembrane", decision.by_membrane.into()),
        ("scores", some_floats(&decision.scores)),
    ])
}

pub(crate) fn parameter_arrays(layer: wire::LayerParameters) -> Object {
    let input = |input: wire::InputParameters| {
        object([("weights", floats(&input.weights)), ("learnt", learnt_arrays(input.learnt))])
    };
    object([
        ("weights", floats(&layer.weights)),
        ("biases", floats(&layer.biases)),
        ("learnt", learnt_arrays(layer.learnt)),
        ("inputs", layer.inputs.into_iter().map(input).collect::<Array>().into()),
    ])
}

fn learnt_arrays(learnt: Vec<wire::LearntValues>) -> JsValue {
    let tensor = |array: wire::LearntValues| {
        let shape: Vec<u32> = array.shape.iter().map(|&length| length as u32).collect();
        object([("name", array.name.into()), ("shape", words(&shape)), ("data", floats(&array.values))])
    };
    learnt.into_iter().map(tensor).collect::<Array>().into()
}

pub(crate) fn prediction_arrays(prediction: wire::Prediction) -> Object {
    object([
        ("byCount", integers(&prediction.by_count)),
        ("byFirstSpike", integers(&prediction.by_first_spike)),
        ("decisionStep", words(&prediction.decision_step)),
        ("steps", words(&prediction.steps)),
        ("scoresByCount", words(&prediction.scores_by_count)),
        ("scoresByFirstSpike", words(&prediction.scores_by_first_spike)),
        ("byMembrane", integers(&prediction.by_membrane)),
        ("scoresByMembrane", floats(&prediction.scores_by_membrane)),
        ("probabilities", floats(&prediction.probabilities)),
        ("membranes", floats(&prediction.membranes)),
        ("layers", list(prediction.layers, event_arrays)),
    ])
}

fn trace_arrays(trace: wire::LayerTrace) -> Object {
    object([
        ("units", trace.units.into()),
        ("steps", trace.steps.into()),
        ("membrane", floats(&trace.membrane)),
        ("current", floats(&trace.current)),
        ("slope", floats(&trace.slope)),
        ("direct", floats(&trace.direct)),
        ("p", floats(&trace.p)),
        ("q", floats(&trace.q)),
        ("spikeGradient", floats(&trace.spike_gradient)),
        ("timingGradient", floats(&trace.timing_gradient)),
        ("activationPart", floats(&trace.activation_part)),
        ("timingPart", floats(&trace.timing_part)),
    ])
}

pub(crate) fn gradient_arrays(gradients: wire::Gradients) -> Object {
    object([
        ("metrics", gradients.metrics.into()),
        ("layers", list(gradients.layers, parameter_arrays)),
        ("prediction", prediction_arrays(gradients.prediction).into()),
        ("trace", gradients.trace.map_or(JsValue::UNDEFINED, |layers| list(layers, trace_arrays))),
    ])
}

pub(crate) fn idx_array(array: wire::IdxArray) -> Object {
    object([("shape", words(&array.shape)), ("data", Uint8Array::from(&array.data[..]).into())])
}

pub(crate) fn generated_arrays(arrays: wire::GeneratedArrays) -> Object {
    let events = |events: Option<wire::Events>| events.map(event_arrays).into();
    object([
        ("values", arrays.values.as_deref().map_or(JsValue::UNDEFINED, floats)),
        ("events", events(arrays.events)),
        ("labels", arrays.labels.as_deref().map_or(JsValue::UNDEFINED, words)),
        ("targets", events(arrays.targets)),
    ])
}
