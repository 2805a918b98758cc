/** A fenced block of a page. */
export interface Block {
  language: string;
  /** What stands behind the language: the name of the file that the block is. */
  file: string | null;
  text: string;
  /** `false` after a comment `<!-- not run: why -->`. */
  isRun: boolean;
}

/** The fenced blocks of a Markdown text that name a language, in order. */
export function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/(<!-- not run: .*? -->\s*)?^```(\w+) *([^\n]*)\n(.*?)^```/gms);
  return [...fences].map(([, comment, language = "", file = "", text = ""]) => {
    return { language, file: file || null, text, isRun: comment === undefined };
  });
}
