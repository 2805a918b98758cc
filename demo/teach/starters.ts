import { signsIn } from "./address.js";
import type { SignContent } from "./lesson.js";

/** The symbols that a visitor finds, a bolt and a ring, as an address holds them. */
export const STARTERS: readonly SignContent[] =
  signsIn(
    "#symbols=xKkBIIhN7Y6AQBASAy_QMO9gYvoGL6Bh-sC7vYGL6Bh-sC71FYE3noFEumBi-gYemBi-gYfoGHewMX0DD9YGHWAfwik0tzOBAPaYCjuasCN3E3QfdVhHdUG3TBD1QW9MFPTBV9Bl9BL0wY9MEP0HXsEP0HXsEP0HXsEP0HXsEPTBj0wTfQZfQU9MFPTBd0wQ9UG3VYR3VB93E3QIu5qwKJgD2A",
  ) ?? [];
