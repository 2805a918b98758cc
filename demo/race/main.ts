import { Inside } from "../inside/inside.js";
import { byId } from "../page/element.js";
import { failed, failedToOpen } from "../page/failed.js";
import { Responsiveness } from "../page/responsiveness.js";
import { Throttle } from "../page/throttle.js";
import { Controls } from "./controls.js";
import { CourseChoice } from "./course-choice.js";
import { loadDigits } from "./digits.js";
import { RULES, type RuleType } from "./rules.js";
import type { Settings } from "./settings.js";
import { SettingsForm } from "./settings-form.js";
import { Training } from "./training.js";
import { RaceView } from "./view.js";

/** Milliseconds between two looks at what goes on by itself. */
const FIGURES_EVERY = 100;
const INSIDE_EVERY = 400;

async function open(): Promise<void> {
  const responsiveness = new Responsiveness();
  const digits = await loadDigits();
  const training = new Training(digits, { changed, advanced, failed });
  const form = new SettingsForm(() => void training.prepare(settings()));
  const course = new CourseChoice(() => void training.prepare(settings()));
  const controls = new Controls(
    training,
    () => void training.prepare(settings()),
    () => {
      form.nextSeed();
      void training.prepare(settings(), { trains: true });
    },
  );
  const race = new RaceView(choose);
  const inside = new Inside(digits.validation, () => training.race?.of(race.chosen).trainer, responsiveness);
  const figures = new Throttle(FIGURES_EVERY, () => responsiveness.drawing(showFigures));
  const looks = new Throttle(INSIDE_EVERY, () => inside.lookIfIdle());
  choose(race.chosen);
  await training.prepare(settings());
  responsiveness.start();

  function settings(): Settings {
    return { ...form.values, course: course.chosen };
  }

  function choose(rule: RuleType): void {
    byId("inside", HTMLElement).className = `rule-${rule}`;
    byId("chosen", HTMLElement).textContent = RULES.find(({ type }) => type === rule)?.name ?? rule;
    inside.look();
  }

  function changed(): void {
    controls.change();
    document.documentElement.dataset["state"] = training.state;
    if (training.state === "preparing" || training.state === "failed") return;
    figures.now();
    inside.look();
  }

  function advanced(): void {
    figures.soon();
    looks.soon();
  }

  function showFigures(): void {
    controls.show();
    if (training.race !== undefined) race.show(training.race);
    if (training.samplesPerSecond === 0) return;
    const speed = `${Math.round(training.samplesPerSecond / 100) * 100}`;
    byId("pace", HTMLElement).textContent = `It learns from about ${speed} digits per second. ${responsiveness.sentence}`;
  }
}

open().catch(failedToOpen);
