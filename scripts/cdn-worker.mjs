// Stands in for `Worker` in the modules for a CDN: a page may start no worker of another origin, but one that imports it.
const Native = globalThis.Worker;

export const Worker =
  Native &&
  class extends Native {
    constructor(url, options) {
      const { href, origin } = new URL(url, globalThis.location.href);
      const script = () => new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" });
      super(origin === globalThis.location.origin ? href : URL.createObjectURL(script()), options);
    }
  };
