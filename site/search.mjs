// How the search of the site ranks: by section first, so that a page that explains comes before a table of fields.

/**
 * What a place counts for; a function of its own text, since the page gets it as such.
 *
 * @param {string} place address of the section of a page
 * @param {string} term the word of the index that was found
 * @param {{ title?: string, titles?: string[] } | undefined} section its heading, and those above
 */
function boostDocument(place, term, section) {
  if (/\/learn\//.test(place)) return 300;
  if (/\/guides\//.test(place)) return 100;
  // Whoever types the name of a function looks for the function, too.
  const isNamed = (section?.title ?? "").toLowerCase() === `${term}()` && section?.titles?.includes("Functions");
  if (isNamed) return 20;
  if (/\/reference\/api\//.test(place)) return 1;
  return /\/reference\//.test(place) ? 10 : 5;
}

/** Options of MiniSearch. */
export const SEARCH = {
  boostDocument,
  // A letter may be wrong in long words alone: a delay is no decay.
  fuzzy: (/** @type {string} */ term) => (term.length > 5 ? 0.15 : false),
};
