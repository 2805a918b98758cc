/** Counts what kept the page from answering once it was there: tasks of its thread of 50 ms and more. */
export class Responsiveness {
  readonly isMeasured = PerformanceObserver.supportedEntryTypes.includes("longtask");
  longTasks = 0;
  longest = 0;
  /** Milliseconds of the longest time that drawing took. */
  slowestDrawing = 0;

  /** Forgets what loading the page took, and counts from now on. */
  start(): void {
    this.slowestDrawing = 0;
    if (!this.isMeasured) return;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.longTasks += 1;
        this.longest = Math.max(this.longest, duration);
      }
    }).observe({ type: "longtask" });
  }

  /** Draws, and takes the time. */
  drawing(draw: () => void): void {
    const start = performance.now();
    draw();
    this.slowestDrawing = Math.max(this.slowestDrawing, performance.now() - start);
  }

  get sentence(): string {
    const drawing = `drawing took at most ${this.slowestDrawing.toFixed(0)} ms`;
    if (!this.isMeasured) return `The page stays free: ${drawing}.`;
    if (this.longTasks === 0) return `The page stays free: no task of 50 ms or more, ${drawing}.`;
    return `Tasks of the page of 50 ms or more: ${this.longTasks}, the longest ${this.longest.toFixed(0)} ms; ${drawing}.`;
  }
}
