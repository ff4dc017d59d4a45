import { Fragment, type ReactNode } from 'react';
import { Link } from 'wouter';
import { CopyButton } from '../elements/copy-button.tsx';
import { Icon } from '../shell/icon.tsx';
import type { Block, Inline } from './markdown.ts';
import { runbookHref } from './runbook-files.ts';

/** A page that never changes while it is shown: a place is a key. */
export function MarkdownView({ blocks }: { blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, at) => <BlockView key={at} block={block} />);
}

function BlockView({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading':
      return block.level <= 2 ? (
        <h2>
          <Line line={block.line} />
        </h2>
      ) : (
        <h3>
          <Line line={block.line} />
        </h3>
      );
    case 'paragraph':
      return (
        <p>
          <Line line={block.line} />
        </p>
      );
    case 'list': {
      const items = block.items.map((line, at) => (
        <li key={at}>
          <Line line={line} />
        </li>
      ));
      return block.start === undefined ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
    case 'code':
      return (
        <div className="runbook-code">
          <pre tabIndex={0}>
            <code>{block.text}</code>
          </pre>
          <CopyButton text={block.text} what="the commands" />
        </div>
      );
    case 'table':
      return (
        <div className="card table-scroll" tabIndex={0} role="region" aria-label="Table">
          <table className="list">
            <thead>
              <tr>
                {block.head.map((cell, at) => (
                  <th key={at} scope="col">
                    <Line line={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column}>
                      <Line line={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return block satisfies never;
  }
}

function Line({ line }: { line: readonly Inline[] }): ReactNode {
  return line.map((part, at) => <Fragment key={at}>{inlineOf(part)}</Fragment>);
}

function inlineOf(part: Inline): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code>{part.text}</code>;
    case 'strong':
      return <strong>{part.text}</strong>;
    case 'link':
      return linkOf(part.text, part.href);
    default:
      return part satisfies never;
  }
}

/** Another runbook, or a site that a person chooses to go to; the other documents are not served, and are named. */
function linkOf(text: string, href: string): ReactNode {
  const inside = runbookHref(href);
  if (inside !== undefined) return <Link href={inside}>{text}</Link>;
  if (href.startsWith('https://'))
    return (
      <a href={href} target="_blank" rel="noreferrer">
        {text} <Icon name="external" />
      </a>
    );
  return text;
}
