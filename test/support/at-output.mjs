// node --import: runs the shell command AT_OUTPUT_DO, once, with the number of this process as $PID, as soon as this process prints what
// the regular expression AT_OUTPUT matches. It can't go on meanwhile, so that what happens to it does not depend on how fast it is.
import { execSync } from "node:child_process";

const { AT_OUTPUT: pattern = "", AT_OUTPUT_DO: command = "" } = process.env;
const write = process.stdout.write.bind(process.stdout);
let isDone = false;

/** @param {unknown[]} args */
process.stdout.write = (...args) => {
  const result = Reflect.apply(write, undefined, args);
  if (!isDone && new RegExp(pattern).test(String(args[0]))) {
    isDone = true;
    execSync(command, { env: { ...process.env, NODE_OPTIONS: "", PID: String(process.pid) } });
  }
  return result;
};
