import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { CopyButton } from '../elements/copy-button.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Icon } from '../shell/icon.tsx';

/** The ARM template that this version needs, as a file or to be pasted into "Deploy a custom template". */
export function TemplateActs({ url }: { url: string }): ReactNode {
  const { client } = useServices();
  const [text, setText] = useState<string>();
  const load = useAction(async () => {
    setText(JSON.stringify(await client.call<unknown>({ path: url }), undefined, 2));
  });
  return (
    <span className="template-acts">
      <a className="button small" href={url} download="azuredeploy.json">
        <Icon name="download" /> Download the template
      </a>
      {text === undefined ? (
        <Button
          className="button small"
          data-pending={load.running || undefined}
          onPress={() => void load.run()}
        >
          Show it
        </Button>
      ) : (
        <CopyButton text={text} what="the template" />
      )}
      {load.problem !== undefined && <ProblemNotice problem={load.problem} />}
      {text !== undefined && (
        <pre className="code" tabIndex={0} aria-label="ARM template">
          {text}
        </pre>
      )}
    </span>
  );
}
