import { pixels } from "./svg.js";

/** A way of spikes from a box to another, both counted from the top. */
export interface Edge {
  from: number;
  to: number;
  isFeedback: boolean;
}

/** A box in pixels. */
export interface Place {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** An edge as lines: its way, and the head of the arrow. */
export interface Route {
  d: string;
  head: string;
  isFeedback: boolean;
}

/** An edge beside the boxes, and how far from them it runs. */
interface Bypass {
  edge: Edge;
  lane: number;
}

/** Length and half of the width of the head of an arrow. */
const [HEAD, HALF] = [6, 3.5];

/** Whether an edge leads from a box to the next one below. */
const isNext = ({ from, to, isFeedback }: Edge): boolean => !isFeedback && to === from + 1;

/** Edges that run beside the boxes: forward ones on their left, feedback on their right. */
export class Bypasses {
  readonly left: readonly Bypass[];
  readonly right: readonly Bypass[];

  constructor(edges: readonly Edge[]) {
    const beside = edges.filter((edge) => !isNext(edge));
    this.left = inLanes(beside.filter(({ isFeedback }) => !isFeedback));
    this.right = inLanes(beside.filter(({ isFeedback }) => isFeedback));
  }

  /** Numbers of lanes on both sides. */
  get lanes(): { left: number; right: number } {
    const count = (side: readonly Bypass[]) => side.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
    return { left: count(this.left), right: count(this.right) };
  }
}

/** Puts short edges next to the boxes, and those that overlap apart. */
function inLanes(edges: readonly Edge[]): Bypass[] {
  const span = ({ from, to }: Edge) => [Math.min(from, to), Math.max(from, to)] as const;
  const length = (edge: Edge) => span(edge)[1] - span(edge)[0];
  const lanes: (readonly [number, number])[][] = [];
  return [...edges]
    .sort((one, other) => length(one) - length(other))
    .map((edge) => {
      const [top, bottom] = span(edge);
      let lane = 0;
      while (lanes[lane]?.some(([from, to]) => from <= bottom && top <= to)) lane++;
      lanes[lane] = [...(lanes[lane] ?? []), [top, bottom]];
      return { edge, lane };
    });
}

/** The ways of all edges between boxes, with lanes of a width. */
export function routes(edges: readonly Edge[], bypasses: Bypasses, places: readonly Place[], width: number): Route[] {
  const down = edges.filter(isNext).map(({ from, to }): Route => {
    const [above, below] = [places[from] as Place, places[to] as Place];
    const x = (above.left + above.right) / 2;
    return {
      d: `M${pixels(x)},${pixels(above.bottom)}V${pixels(below.top - HEAD)}`,
      head: arrow(x, below.top, [0, 1]),
      isFeedback: false,
    };
  });
  const ports = (side: readonly Bypass[]) => portsOf(side, places);
  const [left, right] = [ports(bypasses.left), ports(bypasses.right)];
  const beside = (side: readonly Bypass[], port: ReturnType<typeof ports>, towards: 1 | -1) =>
    side.map(({ edge, lane }): Route => {
      const { from, to } = { from: places[edge.from] as Place, to: places[edge.to] as Place };
      const edgeOf = (place: Place) => (towards === 1 ? place.left : place.right);
      const x = edgeOf(from) - towards * (lane + 1) * width;
      const [start, end] = [port(edge, "from"), port(edge, "to")];
      const way = `M${pixels(edgeOf(from))},${pixels(start)}H${pixels(x)}V${pixels(end)}H${pixels(edgeOf(to) - towards * HEAD)}`;
      return { d: way, head: arrow(edgeOf(to), end, [towards, 0]), isFeedback: edge.isFeedback };
    });
  return [...down, ...beside(bypasses.left, left, 1), ...beside(bypasses.right, right, -1)];
}

/** Where edges meet the sides of boxes: evenly, those from above over those to below. */
function portsOf(side: readonly Bypass[], places: readonly Place[]): (edge: Edge, end: "from" | "to") => number {
  const ends = side.flatMap(({ edge }) => [
    { edge, end: "from" as const, box: edge.from, other: edge.to },
    { edge, end: "to" as const, box: edge.to, other: edge.from },
  ]);
  const rank = ({ end, box, other }: (typeof ends)[number]) => (other === box ? (end === "to" ? -0.5 : 0.5) : other - box);
  return (edge, end) => {
    const box = edge[end];
    const all = ends.filter((one) => one.box === box).sort((one, other) => rank(one) - rank(other));
    const number = all.findIndex((one) => one.edge === edge && one.end === end);
    const { top, bottom } = places[box] as Place;
    return top + ((number + 1) / (all.length + 1)) * (bottom - top);
  };
}

/** The head of an arrow at a point, in a direction. */
function arrow(x: number, y: number, [dx, dy]: readonly [dx: number, dy: number]): string {
  const [backX, backY] = [x - HEAD * dx, y - HEAD * dy];
  const corner = (side: number) => `${pixels(backX - side * HALF * dy)},${pixels(backY + side * HALF * dx)}`;
  return `M${pixels(x)},${pixels(y)}L${corner(1)}L${corner(-1)}Z`;
}
