// A figure that readers can change. Without scripts and on paper, the image in its place stays.
import { withBase } from "vitepress";
import { defineComponent, h, onMounted, ref } from "vue";
import { SCENES } from "../../trying/scenes.mjs";

/** Steps a second while a figure plays. */
const PACE = 10;

export const FigureToTry = defineComponent({
  props: { name: { type: String, required: true } },
  setup({ name }, { slots }) {
    const place = ref();
    const isTried = ref(false);
    onMounted(async () => {
      const answer = await fetch(withBase(`/trying/${name}.json`)).catch(() => undefined);
      // The image says the same.
      if (!answer?.ok || place.value === null) return;
      show(place.value, name, await answer.json());
      isTried.value = true;
    });
    return () =>
      h("span", { class: isTried.value ? "figure-to-try is-tried" : "figure-to-try" }, [
        h("span", { class: "still" }, slots["default"]?.()),
        h("span", { class: "tried", ref: place }),
      ]);
  },
});

/**
 * @param {HTMLElement} place
 * @param {string} name
 * @param {any} data as the library has computed it
 */
function show(place, name, data) {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`there is no figure ${name}`);
  /** @type {Record<string, any>} */
  const setting = {};
  const controls = element("span", { class: "controls" });
  const image = element("span", { class: "drawn" });
  const sentence = element("span", { class: "sentence", role: "status" });
  /** @type {Record<string, HTMLInputElement>} */
  const sliders = {};
  for (const control of scene.controls) {
    if (control.kind === "choice") {
      setting[control.key] = control.start;
      controls.append(choice(name, control, (chosen) => set(control.key, chosen)));
    } else {
      setting[control.key] = control.start(data);
      const { box, input } = slider(`${name}-${control.key}`, control, data, (at) => set(control.key, at));
      sliders[control.key] = input;
      controls.append(box);
    }
  }
  if (scene.plays !== undefined) controls.append(player(sliders[scene.plays]));
  place.replaceChildren(controls, image, sentence);
  draw();

  /** @param {string} key @param {any} value */
  function set(key, value) {
    setting[key] = value;
    draw();
  }

  function draw() {
    const { description, height, parts, sentence: words, width } = scene?.draw(data, setting) ?? {};
    image.innerHTML = `<svg role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill="currentColor" font-size="13">${parts?.join("")}</svg>`;
    image.firstElementChild?.setAttribute("aria-label", description ?? "");
    if (sentence.textContent !== words) sentence.textContent = words ?? "";
  }
}

/**
 * @param {string} id
 * @param {import("../../trying/scenes.mjs").Slider} control
 * @param {any} data
 * @param {(place: number) => void} onChange
 */
function slider(id, { label, places, start, valueText }, data, onChange) {
  const input = element("input", {
    id,
    type: "range",
    min: "0",
    max: String(places(data) - 1),
    step: "1",
    value: String(start(data)),
  });
  const value = element("output", {});
  const name = element("span", {}, label, " ", value);
  const tell = () => {
    value.textContent = valueText(data, input.valueAsNumber);
    input.setAttribute("aria-valuetext", value.textContent);
  };
  input.addEventListener("input", () => {
    tell();
    onChange(input.valueAsNumber);
  });
  tell();
  return { box: element("label", { class: "slider", for: id }, name, input), input };
}

/**
 * @param {string} figure
 * @param {import("../../trying/scenes.mjs").Choice} control
 * @param {(name: string) => void} onChange
 */
function choice(figure, { key, label, names, start }, onChange) {
  const choices = Object.entries(names).map(([value, name]) => {
    const input = element("input", { type: "radio", name: `${figure}-${key}`, value });
    input.checked = value === start;
    input.addEventListener("change", () => onChange(value));
    return element("label", {}, input, name);
  });
  return element("span", { class: "choice", role: "radiogroup", "aria-label": label }, ...choices);
}

/** A button that runs a slider from its last place down to the first. @param {HTMLInputElement | undefined} input */
function player(input) {
  const button = element("button", { type: "button", class: "play" }, "Play back in time");
  let frame = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    button.textContent = "Play back in time";
  };
  button.addEventListener("click", () => {
    if (frame !== 0) return stop();
    const last = Number(input?.max);
    /** @type {number | undefined} */
    let begin;
    const next = (/** @type {number} */ now) => {
      begin ??= now;
      const place = Math.max(0, last - Math.floor(((now - begin) / 1000) * PACE));
      if (input !== undefined && input.valueAsNumber !== place) {
        input.value = String(place);
        input.dispatchEvent(new Event("input"));
      }
      if (place === 0 || !button.isConnected) stop();
      else frame = requestAnimationFrame(next);
    };
    button.textContent = "Stop";
    frame = requestAnimationFrame(next);
  });
  return button;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} content
 */
function element(tag, attributes, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}
