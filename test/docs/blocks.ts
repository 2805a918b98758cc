/** A fenced block of a page. */
export interface Block {
  language: string;
  text: string;
  /** `false` after a comment `<!-- not run: why -->`. */
  isRun: boolean;
}

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/(<!-- not run: .*? -->\s*)?^```(\w+)[^\n]*\n(.*?)^```/gms);
  return [...fences].map(([, comment, language = "", text = ""]) => ({ language, text, isRun: comment === undefined }));
}
