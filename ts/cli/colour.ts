import pc from "picocolors";

type Colours = ReturnType<typeof pc.createColors>;

/** Colours for what is written to a stream: only on a terminal that has them, and never against `NO_COLOR`. */
export function coloursOf(stream: NodeJS.WriteStream): Colours {
  return pc.createColors(stream.isTTY === true && stream.hasColors());
}

/** For results, on stdout. */
export const onStdout: Colours = coloursOf(process.stdout);
/** For messages, on stderr. */
export const onStderr: Colours = coloursOf(process.stderr);
