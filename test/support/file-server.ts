import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** A local server of files with the faults that a test asks for. */
export interface FileServer {
  url: string;
  /** Every request: `GET /a.gz bytes=5-`. */
  requests: string[];
  /** Content by path. */
  files: Map<string, Uint8Array>;
  /** Bytes after which the connection breaks, one entry a request; `undefined` lets it pass. */
  breaks: (number | undefined)[];
  /** Bytes that the receiver has written: a connection breaks only once it has all that was sent. */
  written: () => number;
  /** Bytes after which an answer waits for good, and who hears that they were sent. */
  holds: number | undefined;
  onHold: () => void;
  /** Whether `Range` is heard. */
  knowsRanges: boolean;
  close(): Promise<void>;
}

export async function fileServer(): Promise<FileServer> {
  const server = createServer((request, response) => answer(served, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const served: FileServer = {
    url: `http://127.0.0.1:${port}/`,
    requests: [],
    files: new Map(),
    breaks: [],
    written: () => Number.POSITIVE_INFINITY,
    holds: undefined,
    onHold: () => {},
    knowsRanges: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return served;
}

function answer(served: FileServer, { method, url, headers }: IncomingMessage, response: ServerResponse): void {
  served.requests.push([method, url, headers.range].filter((part) => part !== undefined).join(" "));
  const content = served.files.get(url ?? "");
  if (content === undefined) {
    response.writeHead(404).end("no such file");
    return;
  }
  const start = served.knowsRanges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0) : 0;
  if (start >= content.length && start > 0) {
    response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
    return;
  }
  const body = content.subarray(start);
  const range = start > 0 ? { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { "content-length": body.length, ...range });
  const end = served.breaks.shift();
  if (served.holds !== undefined) response.write(body.subarray(0, served.holds), served.onHold);
  else if (end === undefined) response.end(body);
  else response.write(body.subarray(0, end), () => void breakOnceWritten(served, start + end, response));
}

/** A broken connection takes along what the receiver has not read. */
async function breakOnceWritten(served: FileServer, bytes: number, response: ServerResponse): Promise<void> {
  while (!response.destroyed && served.written() < bytes) await setTimeout(5);
  response.destroy();
}
