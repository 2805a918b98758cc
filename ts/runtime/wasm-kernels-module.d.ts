/** The WebAssembly of `bindings/kernels`, in base64. */
declare const module: string;
export default module;
