import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { datasets } from "spikelet";

const [WIDTH, HEIGHT] = [6, 4];
const GREY = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, k) => (41 * k) % 256);
const RGBA = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, k) => (k % 4 === 3 ? 255 : (7 * k) % 256));

/** Files in every format that Node reads. */
const FILES = [
  { type: "image/png", bytes: encodePng({ width: WIDTH, height: HEIGHT, data: GREY, channels: 1 }) },
  { type: "image/jpeg", bytes: jpeg.encode({ width: WIDTH, height: HEIGHT, data: RGBA }, 90).data },
];

/** Source of a function `read(library)`, which reads a table and images of files and returns what they are as JSON. */
export const READS = `async function read({ datasets }) {
  const files = ${JSON.stringify(FILES.map(({ type, bytes }) => ({ type, bytes: [...bytes] })))};
  const blobs = files.map(({ type, bytes }) => new Blob([Uint8Array.from(bytes)], { type }));
  const images = await datasets.fromFiles(blobs, { labels: blobs.map((_, k) => k) });
  const table = await datasets.fromTable("a,b,label\\n1,2,x\\n3,5,y\\n2,2,x\\n");
  const valuesOf = (data) => Array.from({ length: data.length }, (_, k) => Array.from(data.image(k)));
  return JSON.stringify({ images: valuesOf(images), table: valuesOf(table) });
}`;

/** What {@link READS} returns here. */
export async function readHere(): Promise<string> {
  return (new Function("library", `${READS} return read(library);`) as (library: object) => Promise<string>)({ datasets });
}
