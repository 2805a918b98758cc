#!/usr/bin/env node
import { report, runCli } from "./app.js";
import { EXIT, exitCodeOf, Unfinished } from "./exit.js";
import { outputFailure, watchOutput } from "./streams.js";

const argv = process.argv.slice(2);
let isFinished = false;

process.once("exit", (code) => {
  if (outputFailure.aborted) {
    if (code === EXIT.done) report(outputFailure.reason, false);
    process.exitCode = exitCodeOf(outputFailure.reason);
  } else if (!isFinished && code === EXIT.done) {
    // The command waits for something that never comes, and Node ends when nothing else is left to do.
    report(new Unfinished("it ended before it had finished: something that it waited for never came"), argv.includes("--json"));
    process.exitCode = EXIT.failed;
  }
});

watchOutput();
runCli(argv).then((code) => {
  isFinished = true;
  process.exitCode = code;
});
