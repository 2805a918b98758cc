/** The WebAssembly of `bindings/infer`, in base64. */
declare const module: string;
export default module;
