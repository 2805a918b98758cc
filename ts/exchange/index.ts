export { type ExportedNetwork, exportNir, type NirExportOptions } from "./nir/export.js";
export { type ImportedNetwork, importNir, type NirImportOptions } from "./nir/import.js";
export type { Discretization, NirOptions } from "./nir/options.js";
export { parseTensors, type Tensors } from "./tensors.js";
export { exportWeights, importWeights, type WeightFormat, type WeightOptions } from "./weights.js";
