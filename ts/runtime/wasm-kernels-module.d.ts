/** The WebAssembly of `bindings/kernels`, packed by DEFLATE, in base64. */
declare const module: string;
export default module;
