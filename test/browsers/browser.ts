import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A place on the screen, in pixels from the upper left corner of the page as it is shown. */
export interface Place {
  x: number;
  y: number;
}

/** One page of a browser, whichever it is. */
export interface TriedPage {
  readonly name: string;
  readonly version: string;
  goto(url: string): Promise<void>;
  /** Calls a function in the page, which must use nothing outside of itself. */
  evaluate<A extends unknown[], T>(work: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  /** Draws a line with the mouse. */
  draw(places: readonly Place[]): Promise<void>;
}

/** A browser with a page of {@link WINDOW}. */
export interface TriedBrowser extends TriedPage, AsyncDisposable {}

export const WINDOW = { width: 1200, height: 900 };

/** Path of a program, where it is on this machine. */
export function programOf(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
