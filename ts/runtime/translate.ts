import { fromBinding } from "../errors.js";

/** Wraps the object of a binding so that everything it throws or rejects with is a `SpikeletError`. */
export function translated<T extends object>(binding: T): T {
  // The target is empty because a proxy has to hand out the fixed properties of its target unchanged.
  return new Proxy(Object.create(null), {
    get(_, name) {
      const member: unknown = Reflect.get(binding, name, binding);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        try {
          const result: unknown = member.apply(binding, args);
          return result instanceof Promise ? result.catch(rethrow) : result;
        } catch (thrown) {
          return rethrow(thrown);
        }
      };
    },
  }) as T;
}

function rethrow(thrown: unknown): never {
  throw fromBinding(thrown);
}
