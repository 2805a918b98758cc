import { defineCommand } from "../command.js";

export const data = defineCommand({
  meta: { name: "data", description: "Lists, fetches, checks, shows and packs data sets" },
  subCommands: {
    list: async () => (await import("./data/list.js")).list,
    fetch: async () => (await import("./data/fetch.js")).fetch,
    verify: async () => (await import("./data/verify.js")).verify,
    pack: async () => (await import("./data/pack.js")).pack,
    show: async () => (await import("./data/show.js")).show,
  },
});
