/** A permission of Deno, by the names that its API has. */
interface Permission {
  readonly name: "env" | "ffi";
  readonly variable?: string;
}

/** Deno, which alone restricts what a program may do, and would ask its user in the middle of it. */
const { Deno } = globalThis as {
  readonly Deno?: { readonly permissions: { querySync(permission: Permission): { readonly state: string } } };
};

function isGranted(permission: Permission): boolean {
  return Deno === undefined || Deno.permissions.querySync(permission).state === "granted";
}

/** An environment variable, undefined where the program may not read it. */
export function environmentVariable(variable: string): string | undefined {
  return isGranted({ name: "env", variable }) ? process.env[variable] : undefined;
}

/** Why the program may not load addons, if so: their loader reads the environment. */
export function whyNoAddons(): string | undefined {
  const missing = (["env", "ffi"] as const).filter((name) => !isGranted({ name }));
  return missing.length === 0 ? undefined : `the Node addon needs ${missing.map((name) => `--allow-${name}`).join(" and ")}`;
}
