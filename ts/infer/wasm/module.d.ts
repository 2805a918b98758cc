/** The WebAssembly of `bindings/infer`, packed by DEFLATE, in base64. */
declare const module: string;
export default module;
