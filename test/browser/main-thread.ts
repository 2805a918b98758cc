import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  dur?: number;
  /** Microseconds in which the thread really ran. */
  tdur?: number;
  args?: { name?: string };
}

/** Tasks of a page's own thread, in milliseconds. */
export interface MainThread {
  tasks: number;
  /** Longest time that a task computed. */
  longest: number;
  /** Longest time from start to end of a task; on a busy machine it has waited for others in between. */
  longestOnTheClock: number;
}

/** What the page's own thread does while `work` is being done. */
export async function traceMainThread(browser: Browser, page: Page, work: () => Promise<unknown>): Promise<MainThread> {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const names = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const threads = new Set(names.map(({ pid, tid }) => `${pid}/${tid}`));
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === "X" && name.endsWith("RunTask") && threads.has(`${pid}/${tid}`),
  );
  const longest = (of: (task: TraceEvent) => number | undefined) => Math.max(...tasks.map((task) => of(task) ?? 0)) / 1000;
  return { tasks: tasks.length, longest: longest(({ tdur }) => tdur), longestOnTheClock: longest(({ dur }) => dur) };
}
