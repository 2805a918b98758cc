/** What `wasm-bindgen --target web` made of `bindings/wasm`; `wasm.ts` says what it exports. */
declare module "#wasm";
