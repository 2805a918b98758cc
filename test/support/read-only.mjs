// node --import: from the moment on when this process prints READ_ONLY_AFTER, nothing can be changed on any disk, as if it had been mounted
// read-only meanwhile.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { READ_ONLY_AFTER: text = "" } = process.env;
const WRITING = fs.constants.O_WRONLY | fs.constants.O_RDWR;
const write = process.stdout.write.bind(process.stdout);
let isReadOnly = false;

/** @param {string} name */
function refuse(name) {
  throw Object.assign(new Error(`EROFS: read-only file system, ${name}`), { code: "EROFS", syscall: name });
}

/** @param {unknown} flags */
const isWriting = (flags) => (typeof flags === "number" ? (flags & WRITING) !== 0 : typeof flags === "string" && flags !== "r");

/**
 * @param {Record<string, any>} module
 * @param {string} name
 * @param {(args: any[]) => boolean} changes
 */
function guard(module, name, changes) {
  const original = module[name];
  const isAsync = module === fs.promises;
  module[name] = (/** @type {any[]} */ ...args) => {
    if (!isReadOnly || !changes(args)) return original(...args);
    if (!isAsync) return refuse(name);
    return Promise.reject().catch(() => refuse(name));
  };
}

const always = () => true;
for (const name of ["rename", "rm", "rmdir", "unlink", "mkdir", "chmod", "utimes"]) {
  guard(fs.promises, name, always);
  guard(fs, `${name}Sync`, always);
}
guard(fs.promises, "open", ([, flags]) => isWriting(flags));
guard(fs, "openSync", ([, flags]) => isWriting(flags));
guard(fs, "writeSync", ([descriptor]) => descriptor > 2);
guard(fs, "ftruncateSync", always);
syncBuiltinESMExports();

process.stdout.write = /** @type {typeof write} */ (
  (/** @type {string} */ chunk, /** @type {never[]} */ ...rest) => {
    isReadOnly ||= String(chunk).includes(text);
    return write(chunk, ...rest);
  }
);
