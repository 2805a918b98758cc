import { useState } from "react";
import { createRoot } from "react-dom/client";
import { learn, recognise, recording } from "./learning.mjs";

function Gestures() {
  const [lines, setLines] = useState([]);
  const [isBusy, setBusy] = useState(false);

  async function train() {
    setBusy(true);
    setLines([]);
    const show = (line) => setLines((before) => [...before, line]);
    try {
      const { network, accuracy } = await learn((epoch, accuracy) => show(`epoch ${epoch}: ${accuracy}`));
      show(`accuracy ${accuracy}`);
      show(`recording 601 is ${await recognise(network, recording(601))}`);
      network.dispose();
    } catch (error) {
      show(String(error));
    }
    setBusy(false);
  }

  return (
    <main>
      <h1>Gestures</h1>
      <button type="button" disabled={isBusy} onClick={train}>
        Train
      </button>
      <pre aria-live="polite">{lines.join("\n")}</pre>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Gestures />);
