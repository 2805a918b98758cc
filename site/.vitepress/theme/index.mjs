import DefaultTheme from "vitepress/theme";
import { FigureToTry } from "./figure-to-try.mjs";
import "./style.css";

export default {
  extends: DefaultTheme,
  /** @param {import("vitepress").EnhanceAppContext} context */
  enhanceApp({ app }) {
    app.component("FigureToTry", FigureToTry);
  },
};
