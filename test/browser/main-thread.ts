import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds for which the thread had run by then. */
  tts?: number;
  /** Microseconds. */
  dur?: number;
  /** Microseconds in which the thread really ran. */
  tdur?: number;
  args?: { name?: string };
}

/** Tasks of a page's own thread, in milliseconds of a processor that takes {@link YARDSTICK} for as many multiplications. */
export interface MainThread {
  tasks: number;
  /** Longest time that a task computed. */
  longest: number;
  /** Longest time from start to end of a task; on a busy machine it has waited for others in between. */
  longestOnTheClock: number;
}

/** Milliseconds that {@link MULTIPLICATIONS} take: others that share the processor slow them and the tasks alike. */
const YARDSTICK = 10;
const MULTIPLICATIONS = 10_000_000;
const MARK = "yardstick";

/** What the page's own thread does while `work` is being done. */
export async function traceMainThread(browser: Browser, page: Page, work: () => Promise<unknown>): Promise<MainThread> {
  const categories = ["toplevel", "blink.user_timing", "devtools.timeline", "disabled-by-default-devtools.timeline"];
  await browser.startTracing(page, { categories });
  await multiply(page);
  await work();
  await multiply(page);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const names = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const threads = new Set(names.map(({ pid, tid }) => `${pid}/${tid}`));
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === "X" && name.endsWith("RunTask") && threads.has(`${pid}/${tid}`),
  );
  const [a, b, c, d] = traceEvents.filter(({ name }) => name === MARK).map(({ tts }) => tts ?? Number.NaN);
  const taken = (Number(b) - Number(a) + Number(d) - Number(c)) / 2 / 1000;
  const longest = (of: (task: TraceEvent) => number | undefined) =>
    ((Math.max(...tasks.map((task) => of(task) ?? 0)) / 1000) * YARDSTICK) / taken;
  return { tasks: tasks.length, longest: longest(({ tdur }) => tdur), longestOnTheClock: longest(({ dur }) => dur) };
}

/** A task of known length, between two marks. */
async function multiply(page: Page): Promise<void> {
  await page.evaluate(
    ([mark, count]) => {
      performance.mark(mark);
      let product = 1;
      for (let k = 0; k < count; k++) product = Math.imul(product ^ k, 0x01000193);
      performance.mark(mark, { detail: product });
    },
    [MARK, MULTIPLICATIONS] as const,
  );
}
