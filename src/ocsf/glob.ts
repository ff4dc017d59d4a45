/**
 * Whether a text matches a pattern in which `*` stands for any characters and `?` for one. Walks the text once and goes back
 * only to the latest `*`: time is bounded by text times pattern, whatever either holds, which a regular expression would not
 * promise.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    if (next < pattern.length && pattern[next] === '*') {
      starAt = next;
      next += 1;
      resumeAt = at;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      at += 1;
      next += 1;
    } else if (starAt !== -1) {
      next = starAt + 1;
      resumeAt += 1;
      at = resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}
