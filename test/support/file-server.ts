import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A local server of files with the faults that a test asks for. */
export interface FileServer {
  url: string;
  /** Every request: `GET /a.gz bytes=5-`. */
  requests: string[];
  /** Content by path. */
  files: Map<string, Uint8Array>;
  /** Bytes after which the connection breaks, one entry a request; `undefined` lets it pass. */
  breaks: (number | undefined)[];
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
  // An end in good order: a receiver gets all that was sent before it.
  else response.write(body.subarray(0, end), () => response.socket?.end());
}
