/** The known word that a mistyped one most likely meant, if any is near. */
export function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let min = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    // A word of which no letter stays is not near, however short both are.
    if (distance < min && distance < Math.max(word.length, candidate.length)) {
      best = candidate;
      min = distance;
    }
  }
  return best;
}

/** `did you mean X?`, or what there is where no word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  return near === undefined ? `there are ${known.join(", ")}` : `did you mean ${near}?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
