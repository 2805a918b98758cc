import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { SpikeletError } from "../../errors.js";
import { ANSWERS, type Answer, AnswerReader, lineOf, type Order } from "./protocol.js";
import type { Run } from "./runs.js";
import type { EpochProgress } from "./train.js";

/** An answer that is waited for. */
interface PendingAnswer {
  isAnswered: (answer: Answer) => boolean;
  resolve: () => void;
  reject: (reason: SpikeletError | ProcessGone) => void;
  /** The run at work, with the callback for its epochs. */
  run?: { id: string; onEpoch: (epoch: EpochProgress) => void };
}

/** The process did not live to answer; the message says what became of it. */
export class ProcessGone extends Error {
  override readonly name = "ProcessGone";
}

/** A process of the pool, seen from the process that started it. */
export class WorkerProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #pending: PendingAnswer | undefined;
  #gone: ProcessGone | undefined;
  #isPrepared = false;
  /** The run that was answered last; a second answer for it is ignored. */
  #last: string | undefined;

  /** @param script program of the process. */
  constructor(script: string) {
    this.#process = spawn(process.execPath, [...process.execArgv, script], { stdio: ["pipe", "ignore", "inherit", "pipe"] });
    this.#ended = new Promise((resolve) => {
      const end = (why: string) => {
        this.#fail(why);
        resolve();
      };
      this.#process.once("error", ({ message }) => end(`its process can't be started (${message})`));
      this.#process.once("exit", (code, signal) => {
        end(signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`);
      });
    });
    // A process that is gone is noticed by its end, not by what can't be told to it.
    this.#process.stdin?.on("error", () => undefined);
    this.#listen(this.#process.stdio[ANSWERS] as Readable);
  }

  /** Whether the process takes runs. */
  get isReady(): boolean {
    return this.#isPrepared && this.#gone === undefined;
  }

  /**
   * Sends the options of the process and waits until it takes runs.
   *
   * @throws {ProcessGone} when it ends before it is ready, and what {@link run} throws.
   */
  async prepare(options: object): Promise<void> {
    await this.#ask({ options }, ({ type }) => type === "ready");
    this.#isPrepared = true;
  }

  /**
   * Has the process do a run, and waits until the record is there.
   *
   * @param place place of the lease of the run.
   * @throws {ProcessGone} when the process ends before, {@link SpikeletError} when it can't leave a record of any run.
   */
  run(run: Run, place: string, onEpoch: (epoch: EpochProgress) => void): Promise<void> {
    const isAnswered = (answer: Answer) => answer.type === "recorded" && answer.id === run.id;
    return this.#ask({ run, place }, isAnswered, { id: run.id, onEpoch });
  }

  /** Ends the process, also in the middle of a run, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #ask(order: Order, isAnswered: PendingAnswer["isAnswered"], run?: PendingAnswer["run"]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone);
      this.#pending = { isAnswered, resolve, reject, ...(run ? { run } : {}) };
      this.#process.stdin?.write(lineOf(order));
    });
  }

  #listen(answers: Readable): void {
    const reader = new AnswerReader();
    answers.setEncoding("utf8");
    answers.on("error", () => undefined);
    answers.on("data", (piece: string) => {
      try {
        for (const answer of reader.read(piece)) this.#take(answer);
      } catch (thrown) {
        // What it says next can't be trusted either.
        this.#fail(thrown instanceof Error ? thrown.message : String(thrown));
        this.#process.kill("SIGKILL");
      }
    });
  }

  #take(answer: Answer): void {
    const pending = this.#pending;
    if (this.#gone !== undefined) return;
    if (pending !== undefined && answer.type === "failed") {
      this.#pending = undefined;
      const { code, path, reason } = answer.failure;
      pending.reject(new SpikeletError(code, path, reason));
    } else if (answer.type === "epoch" && answer.id === pending?.run?.id) {
      pending.run.onEpoch(answer.epoch);
    } else if (pending?.isAnswered(answer)) {
      this.#pending = undefined;
      if (answer.type === "recorded") this.#last = answer.id;
      pending.resolve();
    } else if (answer.type !== "recorded" || answer.id !== this.#last) {
      throw new RangeError(`its process said what nobody asked: ${JSON.stringify(answer).slice(0, 60)}`);
    }
  }

  #fail(why: string): void {
    this.#gone ??= new ProcessGone(why);
    this.#pending?.reject(this.#gone);
    this.#pending = undefined;
  }
}
