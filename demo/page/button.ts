/** Lets a button be used, or not. Either way it keeps the focus, which the attribute `disabled` would take from it. */
export function enable(button: HTMLButtonElement, isEnabled: boolean): void {
  button.setAttribute("aria-disabled", String(!isEnabled));
}

/** Calls `act` whenever a button is pressed that can be used. */
export function onPress(button: HTMLButtonElement, act: () => void): void {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") act();
  });
}
