const INDENT = '  ';

/**
 * One JSON value with line breaks and indents, every other character as it was: numbers beyond 2^53, key order and escapes stay,
 * which a parser would change. Undefined for a text that is not one whole JSON object or array.
 */
export function laidOutJson(text: string): string | undefined {
  const whole = text.trim();
  if (!/^[[{]/.test(whole) || !isJson(whole)) return undefined;
  let depth = 0;
  const line = (): string => `\n${INDENT.repeat(depth)}`;
  return whole.replaceAll(TOKEN, (token: string) => {
    switch (token) {
      case '{':
      case '[':
        depth += 1;
        return token + line();
      case '}':
      case ']':
        depth -= 1;
        return line() + token;
      case ',':
        return token + line();
      case ':':
        return ': ';
      default:
        return /^\s/.test(token)
          ? ''
          : token.replaceAll(/\s/g, (space) => (token.startsWith('"') ? space : ''));
    }
  });
}

/** An empty object or array, a text, white space, or one mark; all else is left alone. */
const TOKEN = /\{\s*\}|\[\s*\]|"(?:[^"\\]|\\.)*"|\s+|[{}[\],:]/g;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Several values after each other, or something else: shown as it is.
    return false;
  }
}
