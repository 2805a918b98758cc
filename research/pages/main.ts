import * as convolutions from "./convolutions.js";
import * as experiments from "./experiments.js";
import { renew } from "./made-page.js";
import * as robustness from "./robustness.js";
import * as spokenDigits from "./spoken-digits.js";
import * as verdict from "./verdict.js";

for (const page of verdict.PAGES) await renew(page, verdict.made);
await renew(spokenDigits.PAGE, spokenDigits.made);
await renew(robustness.PAGE, robustness.made);
await renew(convolutions.PAGE, convolutions.made);
await renew(experiments.PAGE, experiments.made);
