import * as moons from "./moons.js";
import moonsSource from "./moons.ts?raw";
import type { Point } from "./point.js";
import * as rings from "./rings.js";
import ringsSource from "./rings.ts?raw";
import * as spirals from "./spirals.js";
import spiralsSource from "./spirals.ts?raw";
import * as yinYang from "./yin-yang.js";
import yinYangSource from "./yin-yang.ts?raw";

export type GeneratedSet = "yinYang" | "moons" | "rings" | "spirals";
export type SetName = GeneratedSet | "drawn";

/** Points that are drawn by a seed. */
export interface PointSet {
  name: string;
  classes: number;
  pointsOf(count: number, noise: number, seed: number): Point[];
  /** The module with `pointsOf`, for the program. */
  source: string;
}

export const SETS: Readonly<Record<GeneratedSet, PointSet>> = {
  yinYang: { name: "Yin-Yang", classes: 3, ...yinYang, source: yinYangSource },
  moons: { name: "Moons", classes: 2, ...moons, source: moonsSource },
  rings: { name: "Rings", classes: 2, ...rings, source: ringsSource },
  spirals: { name: "Spirals", classes: 2, ...spirals, source: spiralsSource },
};
