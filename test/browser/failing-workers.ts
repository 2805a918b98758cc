import type { Page } from "playwright-core";

/** Keeps the workers that a page will start, for {@link failWorkers}. */
export async function keepWorkers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const workers: Worker[] = [];
    class KeptWorker extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        workers.push(this);
      }
    }
    Object.assign(globalThis, { Worker: KeptWorker, workers });
  });
}

/** Makes the workers of a page fail as soon as an element contains a text. */
export async function failWorkers(page: Page, selector: string, text: string): Promise<void> {
  await page.evaluate(
    ([selector, text]) => {
      const { workers } = globalThis as unknown as { workers: Worker[] };
      const element = document.querySelector(selector);
      const observer = new MutationObserver(failOnceSaid);
      function failOnceSaid(): void {
        if (!element?.textContent?.includes(text)) return;
        observer.disconnect();
        for (const worker of workers) worker.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
      }
      observer.observe(element ?? document, { childList: true });
      failOnceSaid();
    },
    [selector, text] as const,
  );
}
