import { type IncomingMessage, request } from "node:http";

/** Sends a request, with a host name that `fetch` would refuse, and reads the whole answer. */
export async function ask(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; text: string; type: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers, method }, resolve).on("error", reject).end();
  });
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return {
    status: response.statusCode ?? 0,
    text: Buffer.concat(parts).toString(),
    type: response.headers["content-type"] ?? "",
  };
}
