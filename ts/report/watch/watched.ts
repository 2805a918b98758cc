import type { RunState } from "./run-state.js";
import type { SampleAnswers } from "./sample-answers.js";

/** A file that the page links to. */
export interface WatchedFile {
  path: string;
  /** Media type. */
  type: string;
}

/** A training as the server shows it. */
export interface Watched {
  /** Name of the training, for the heading. */
  readonly name: string;
  /** What the page says where the server no longer answers. */
  readonly lost: string;
  /** Files that are served, by their names, whether they are there or not. */
  readonly files: ReadonlyMap<string, WatchedFile>;
  /** Names of the files that the page lists. */
  listed(): string[];
  read(): Promise<RunState>;
  /** Returns a text that changes whenever something that is shown has changed. */
  mark(): Promise<string>;
  /** Answers of the network now, or the reason why there are none. */
  answers(): Promise<SampleAnswers | string>;
}
