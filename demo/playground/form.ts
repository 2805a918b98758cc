import { DEFAULTS, FIELDS, type FieldName } from "./settings.js";

/** Which settings stand together. */
const GROUPS: readonly { name: string; fields: readonly FieldName[] }[] = [
  { name: "Data", fields: ["data", "points", "noise", "input"] },
  { name: "Network", fields: ["neuron", "depth", "width", "delays"] },
  { name: "Learning", fields: ["rule", "loss", "rate", "batch"] },
  { name: "Run", fields: ["steps", "threshold", "epochs", "seed"] },
];

/** The form of all settings as HTML: the page is built with it, so that nothing moves when it opens. */
export function formHtml(): string {
  const groups = GROUPS.map(({ name, fields }) => {
    return `<fieldset><legend>${name}</legend>${fields.map(control).join("")}</fieldset>`;
  });
  return groups.join("");
}

function control(name: FieldName): string {
  const field = FIELDS[name];
  const id = `set-${name}`;
  const label = `<label for="${id}">${field.label}</label>`;
  const value = String(DEFAULTS[name]);
  if (field.kind === "choice") {
    const options = Object.entries(field.options).map(([word, words]) => {
      return `<option value="${word}"${word === value ? " selected" : ""}>${words}</option>`;
    });
    return `<div class="field">${label}<select id="${id}" name="${name}">${options.join("")}</select></div>`;
  }
  const { max, min, step } = field;
  const output = `<output for="${id}">${shown(name, Number(value))}</output>`;
  const range = `<input type="range" id="${id}" name="${name}" min="${min}" max="${max}" step="${step}" value="${value}" />`;
  return `<div class="field">${label}${output}${range}</div>`;
}

/** A number as the form shows it. */
export function shown(name: FieldName, value: number): string {
  const field = FIELDS[name];
  if (name === "delays" && value === 0) return "none";
  const unit = field.kind === "number" && field.unit !== undefined ? ` ${field.unit}` : "";
  return `${value}${unit}`;
}
