import { buildSite } from "../../scripts/site.mjs";

/** Once for all test files of the site, which run beside each other. */
export default () => buildSite();
