import { transfer } from "comlink";
import { SpikeletError } from "../errors.js";
import type { Backend, Opening, Session } from "./backend.js";
import { CONVERSIONS, methodsOf, OPENINGS, type Parameter, wasmSession } from "./methods.js";
import type { WorkerConnection } from "./worker-connection.js";
import type { Description, View } from "./worker-protocol.js";

/** Kinds of arguments whose memory a call takes over. */
const TAKEN: readonly Parameter[1][] = ["arrays", "samples", "records"];

/** The backend of a worker. */
export interface WorkerBackend extends Backend {
  /** Ends the worker. */
  end(): void;
}

/** The backend at the other end of a line. */
export function workerBackend(
  line: WorkerConnection,
  description: Description,
  reason: string,
  end = () => line.end(),
): WorkerBackend {
  const open = async (method: Opening, args: unknown[]): Promise<Session> => {
    let view: View = { config: "", info: "" };
    const id = await line.ask(
      (host) => host.open(method, args),
      (seen) => {
        view = seen;
      },
    );
    return sessionOf(line, id, view);
  };
  return {
    ...description,
    kind: "wasm",
    reason,
    isElsewhere: true,
    get isAlive() {
      return line.isAlive;
    },
    end,
    ...methodsOf(
      OPENINGS,
      (name) =>
        (...args) =>
          open(name, args),
    ),
    ...methodsOf(
      CONVERSIONS,
      (name) =>
        (...args) =>
          line.ask((host) => host.convert(name, args)),
    ),
  };
}

/** A session of the worker; `view` is its state as it was opened. */
function sessionOf(line: WorkerConnection, id: number, view: View): Session {
  let last = view;
  let isDisposed = false;
  const check = () => {
    if (isDisposed) throw new SpikeletError("DISPOSED", "", "was used after dispose()");
  };
  const dispose = () => {
    if (!isDisposed) line.close(id);
    isDisposed = true;
  };
  const methods = wasmSession(dispose, (name, _, parameters) => async (...args) => {
    check();
    const taken = parameters.flatMap(([, kind], place) => memoryOf(kind, args[place]));
    return line.ask(
      (host) => host.call(id, name, transfer(args, taken)),
      (seen) => {
        last = seen;
      },
    );
  });
  const seen = (name: keyof View) => () => {
    check();
    return last[name];
  };
  return { ...methods, config: seen("config"), info: seen("info") };
}

/** The memory that a call takes over with an argument, each once. */
function memoryOf(kind: Parameter[1], argument: object): ArrayBuffer[] {
  if (!TAKEN.includes(kind)) return [];
  const views = Object.values(argument) as ArrayBufferView[];
  return [...new Set(views.filter((view) => view.byteLength > 0).map((view) => view.buffer as ArrayBuffer))];
}
