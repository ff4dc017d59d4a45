import { type ReactNode, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { CopyButton } from '../elements/copy-button.tsx';
import { bytesText, numberText } from '../elements/number-text.ts';
import { jsonLines } from './json-tokens.ts';
import './json-view.css';

/** Lines shown at first: an event may be a megabyte. */
const FIRST_LINES = 400;

/** A JSON text, readable and exact, as text and never as markup. */
export function JsonView({ text, title }: { text: string; title: string }): ReactNode {
  const lines = useMemo(() => jsonLines(text), [text]);
  const [all, setAll] = useState(false);
  const shown = all ? lines : lines.slice(0, FIRST_LINES);
  return (
    <figure className="json">
      <figcaption>
        <span>
          {title} <span className="muted">{bytesText(new TextEncoder().encode(text).length)}</span>
        </span>
        <CopyButton text={text} what={title} />
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={title}>
        <code>
          {shown.map(({ depth, tokens }, line) => (
            <span className="json-line" key={line}>
              {'  '.repeat(depth)}
              {tokens.map((token, at) => (
                <span className={token.kind} key={at}>
                  {token.text}
                </span>
              ))}
              {'\n'}
            </span>
          ))}
        </code>
      </pre>
      {shown.length < lines.length && (
        <Button className="button small" onPress={() => setAll(true)}>
          Show {numberText(lines.length - shown.length)} more lines
        </Button>
      )}
    </figure>
  );
}
