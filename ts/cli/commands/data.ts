import { defineCommand } from "../command.js";

export const data = defineCommand({
  meta: { name: "data", description: "Lists, fetches, checks and shows data sets" },
  subCommands: {
    list: async () => (await import("./data/list.js")).list,
    fetch: async () => (await import("./data/fetch.js")).fetch,
    verify: async () => (await import("./data/verify.js")).verify,
    show: async () => (await import("./data/show.js")).show,
  },
});
