/** States of the rooms in which all that they need has come. */
const STANDS = /^(ready|learning|learnt)$/;

/** Lets the browser keep the rooms; without a service worker they need the network, as before. */
function register(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("./service-worker.js").catch(() => undefined);
}

// A file that is still on its way would be fetched twice.
const observer = new MutationObserver(registerWhereItStands);
observer.observe(document.documentElement, { attributeFilter: ["data-state"] });
registerWhereItStands();

function registerWhereItStands(): void {
  if (!STANDS.test(document.documentElement.dataset["state"] ?? "")) return;
  observer.disconnect();
  register();
}
