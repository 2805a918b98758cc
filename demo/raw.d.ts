/** Vite gives the text of a module that is imported with `?raw`. */
declare module "*?raw" {
  const text: string;
  export default text;
}

/** Vite gives the address of a file that is imported with `?url`. */
declare module "*?url" {
  const address: string;
  export default address;
}
