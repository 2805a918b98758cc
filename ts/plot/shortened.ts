/** A name without its middle where it has more letters, at least three; names of variants often differ at their ends. */
export function shortened(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const end = Math.floor((letters - 1) / 2);
  return `${name.slice(0, letters - 1 - end)}…${name.slice(-end)}`;
}
