use crate::{Bench, Buffer, Kernel, catalogue};

/// JSON of all kernels: name, what they compute, parameters, grid.
#[must_use]
pub fn catalogue_json() -> String {
    list(catalogue().iter().map(kernel_json))
}

fn kernel_json(kernel: &Kernel) -> String {
    let Kernel { name, about, is_ceiling, parameters, .. } = kernel;
    let parameters = parameters.iter().map(|parameter| {
        let (min, max) = parameter.range;
        format!(
            r#"{{"name":"{}","about":"{}","standard":{},"others":{},"min":{min},"max":{max},"multiple":{}}}"#,
            parameter.name,
            parameter.about,
            parameter.standard,
            list(parameter.others.iter().map(f64::to_string)),
            parameter.multiple
        )
    });
    format!(r#"{{"name":"{name}","about":"{about}","isCeiling":{is_ceiling},"parameters":{}}}"#, list(parameters))
}

/// JSON of a case: the cost of a run, the constants, the arrays in the order of an own kernel's arguments.
#[must_use]
pub fn describe(bench: &Bench) -> String {
    let cost = bench.cost();
    let (inputs, outputs) = bench.buffers();
    let constants = bench.constants().into_iter().map(|(name, value)| format!(r#"["{name}",{value}]"#));
    format!(
        r#"{{"operations":{},"bytes":{},"resident":{},"spikes":{},"constants":{},"inputs":{},"outputs":{}}}"#,
        cost.operations,
        cost.bytes,
        cost.resident,
        cost.spikes,
        list(constants),
        list(inputs.iter().map(buffer_json)),
        list(outputs.iter().map(buffer_json))
    )
}

fn buffer_json(Buffer { name, numbers }: &Buffer<'_>) -> String {
    format!(r#"{{"name":"{name}","type":"{}","length":{}}}"#, numbers.type_name(), numbers.count())
}

fn list(parts: impl Iterator<Item = String>) -> String {
    format!("[{}]", parts.collect::<Vec<_>>().join(","))
}
