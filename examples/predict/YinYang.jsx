import { useEffect, useMemo, useState } from "react";
import { load } from "spikelet/infer";
import { encode } from "spikelet/infer/encode";

/** Says in which part of the yin-yang a point lies. `file` is the address of a model that train.mjs has written. */
export function YinYang({ file }) {
  const [model, setModel] = useState();
  const [failure, setFailure] = useState();
  const [x, setX] = useState(0.3);
  const [y, setY] = useState(0.5);

  useEffect(() => {
    const leaving = new AbortController();
    fetch(file, { signal: leaving.signal })
      .then((response) => response.arrayBuffer())
      .then((bytes) => setModel(load(bytes)))
      .catch((error) => leaving.signal.aborted || setFailure(String(error)));
    return () => leaving.abort();
  }, [file]);

  // A prediction is synchronous and takes less than a millisecond: no effect, no worker.
  const answer = useMemo(() => model?.predict(encode(model, [x, y, 1 - x, 1 - y, 1])), [model, x, y]);

  if (failure) return <p role="alert">{failure}</p>;
  if (!answer) return <p>loading …</p>;
  return (
    <section>
      {[
        ["x", x, setX],
        ["y", y, setY],
      ].map(([name, value, set]) => (
        <label key={name}>
          {name}
          <input type="range" min="0" max="1" step="0.01" value={value} onChange={({ target }) => set(Number(target.value))} />
        </label>
      ))}
      <output>{["Yang", "Yin", "A dot"][answer.output] ?? "No output fires."}</output>
    </section>
  );
}
