// What the pages of the demo have in common: a content security policy, an icon, and the way from room to room.

/** The pages, in the order of the navigation. */
export const ROOMS = /** @type {const} */ ([
  { page: "index", name: "Playground" },
  { page: "teach", name: "Teach" },
  { page: "listen", name: "Listen" },
  { page: "race", name: "Race" },
]);

/** Pages with the navigation: the rooms, and one that measures. */
export const PAGES = [...ROOMS.map(({ page }) => page), "kernels"];

/** Marks where the site puts its link to the documentation. */
export const SITE_LINK = "<!-- way out -->";

const PULSE = "M1 11h4l2-9 2 12 1-3h5";
const NEEDS_SCRIPT = "<noscript><p>It happens in your browser and needs JavaScript, which is off.</p></noscript>";
const ICON = `%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='${PULSE}' fill='none' stroke='%2300795a' stroke-width='1.6' stroke-linejoin='round'/%3E%3C/svg%3E`;

/** What a page may load and run: files of its own server, and WebAssembly. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Puts the policy at the head of every page, and icon and navigation where it has `<!-- icon -->` and `<!-- rooms -->`. */
export function rooms() {
  return {
    name: "rooms",
    transformIndexHtml: {
      order: /** @type {const} */ ("pre"),
      /** @param {string} html @param {{ path: string }} context */
      handler: (html, { path }) => ({
        html: html
          .replace("<!-- icon -->", `<link rel="icon" href="data:image/svg+xml,${ICON}" />`)
          .replace("<!-- rooms -->", navigation(/([a-z]+)\.html$/.exec(path)?.[1] ?? "index")),
        tags: [
          {
            tag: "meta",
            attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
            injectTo: /** @type {const} */ ("head-prepend"),
          },
        ],
      }),
    },
  };
}

/** @param {string} current */
function navigation(current) {
  const items = ROOMS.map(({ page, name }) => {
    const mark = page === current ? ' aria-current="page"' : "";
    return `<li><a href="./${page}.html"${mark}>${name}</a></li>`;
  });
  return `<nav class="rooms" aria-label="Rooms">
        <a class="brand" href="./index.html">
          <svg viewBox="0 0 16 16" aria-hidden="true"><path d="${PULSE}" /></svg>Spikelet</a>
        <ul>${items.join("")}${SITE_LINK}</ul>
      </nav>${NEEDS_SCRIPT}`;
}
