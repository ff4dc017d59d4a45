/** A piece of a JSON text. `text` is shown as it stands; nothing of it is ever markup. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark';
  readonly text: string;
}

export interface JsonLine {
  readonly depth: number;
  readonly tokens: readonly JsonToken[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/gsu;

/**
 * A JSON text broken into lines, with every digit and escape as it was written: parsing it would round large numbers and undo
 * escapes. A text that is no JSON comes as one line.
 */
export function jsonLines(text: string): readonly JsonLine[] {
  const words = text.match(TOKEN);
  if (words === null) return [{ depth: 0, tokens: [{ kind: 'string', text: visible(text) }] }];
  const lines: JsonLine[] = [];
  let tokens: JsonToken[] = [];
  let depth = 0;
  let lineDepth = 0;
  const endLine = (): void => {
    if (tokens.length > 0) lines.push({ depth: lineDepth, tokens });
    tokens = [];
    lineDepth = depth;
  };
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    if (word === '{' || word === '[') {
      tokens.push({ kind: 'mark', text: word });
      depth += 1;
      // An empty one stays on its line.
      if (next !== '}' && next !== ']') endLine();
    } else if (word === '}' || word === ']') {
      depth -= 1;
      if (words[at - 1] !== '{' && words[at - 1] !== '[') endLine();
      if (tokens.length === 0) lineDepth = depth;
      tokens.push({ kind: 'mark', text: word });
    } else if (word === ',') {
      tokens.push({ kind: 'mark', text: word });
      endLine();
    } else if (word === ':') {
      tokens.push({ kind: 'mark', text: ': ' });
    } else {
      tokens.push({ kind: kindOf(word, next), text: visible(word) });
    }
  }
  endLine();
  return lines;
}

function kindOf(word: string, next: string | undefined): JsonToken['kind'] {
  if (word.startsWith('"')) return next === ':' ? 'key' : 'string';
  return /^[-\d]/u.test(word) ? 'number' : 'word';
}

/** Characters that would hide or turn around what stands beside them. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Shows what cannot be seen as an escape. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
