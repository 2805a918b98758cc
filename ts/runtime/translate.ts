import { fromBinding } from "../errors.js";

/** Wraps the object of a binding so that everything it throws or rejects with is a `SpikeletError`. */
export function translated<T extends object>(binding: object): T {
  return new Proxy(binding, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        try {
          const result: unknown = member.apply(target, args);
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
