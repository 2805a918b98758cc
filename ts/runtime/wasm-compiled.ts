/** A module, its bytes, or where to get them. */
export type WasmSource = WebAssembly.Module | BufferSource | URL;

/** Compiles a module, while it arrives where the server says what it is. */
export async function compiled(source: WasmSource): Promise<WebAssembly.Module> {
  if (!(source instanceof URL)) return isModule(source) ? source : WebAssembly.compile(source);
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trimEnd());
  const isTyped = response.headers.get("content-type") === "application/wasm";
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** Also where it is of another realm. */
export function isModule(value: unknown): value is WebAssembly.Module {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}
