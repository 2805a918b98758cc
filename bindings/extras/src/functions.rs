//! The functions of the module, by name.

use std::cell::RefCell;

use spikelet_session::{
    IntegerNetworks, IntegerPrediction, NpyArray, Result, TensorArrays, convert_measured, decode_aer, parse_npy,
    parse_tensors, simulate_events, version,
};

use crate::arguments::Arguments;
use crate::value::Value;

thread_local! {
    static NETWORKS: RefCell<IntegerNetworks> = RefCell::default();
}

/// Calls the function that the first argument names.
pub(crate) fn call(mut arguments: Arguments<'_>) -> Result<Value> {
    let name = arguments.text();
    NETWORKS.with_borrow_mut(|networks| answer(name, &mut arguments, networks))
}

fn answer(name: &str, arguments: &mut Arguments<'_>, networks: &mut IntegerNetworks) -> Result<Value> {
    match name {
        "version" => Ok(Value::Text(version().to_owned())),
        "parseNpy" => parse_npy(arguments.bytes()).map(npy_array),
        "parseTensors" => parse_tensors(arguments.bytes()).map(|tensors| Value::list(tensors, tensor_arrays)),
        "decodeAer" => {
            let (bytes, options, ends) = (arguments.bytes(), arguments.text(), arguments.some_words());
            decode_aer(bytes, options, ends.as_deref()).map(Value::events)
        }
        "simulateEvents" => {
            let (pixels, height, width) = (arguments.bytes(), arguments.whole(), arguments.whole());
            simulate_events(pixels, height, width, arguments.text()).map(Value::events)
        }
        "quantize" => {
            let (measured, state_bits, weight_bits) = (arguments.doubles(), arguments.whole(), arguments.whole());
            convert_measured(&measured, state_bits, weight_bits, arguments.number()).map(Value::Doubles)
        }
        "openIntegers" => {
            let config = arguments.text();
            networks.open(config, &arguments.doubles()).map(|number| Value::Number(number.into()))
        }
        "predictIntegers" => {
            let number = arguments.whole();
            let (offsets, times, units) = (arguments.words(), arguments.shorts(), arguments.words());
            networks.predict(number, (offsets, times, units)).map(prediction_arrays)
        }
        "exportIntegers" => networks.export(arguments.whole(), arguments.some_text()).map(Value::Bytes),
        "closeIntegers" => networks.close(arguments.whole()).map(|()| Value::None),
        _ => unreachable!("the host calls functions of this version"),
    }
}

fn npy_array(NpyArray { dtype, shape, data }: NpyArray) -> Value {
    Value::Object(vec![
        ("dtype", Value::Text(dtype.into())),
        ("shape", Value::Words(shape)),
        ("data", Value::Bytes(data)),
    ])
}

fn tensor_arrays(TensorArrays { name, shape, data }: TensorArrays) -> Value {
    Value::Object(vec![("name", Value::Text(name)), ("shape", Value::Words(shape)), ("data", Value::Floats(data))])
}

fn prediction_arrays(prediction: IntegerPrediction) -> Value {
    let IntegerPrediction { decisions, scores, membranes, clamped, layers } = prediction;
    Value::Object(vec![
        ("decisions", Value::Integers(decisions)),
        ("scores", Value::Doubles(scores)),
        ("membranes", Value::Integers(membranes)),
        ("clamped", Value::Number(clamped)),
        ("layers", Value::list(layers, Value::events)),
    ])
}
