import type { ReactNode } from 'react';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { Icon } from '../shell/icon.tsx';
import type { WorkspaceAnswer } from './workspace-answer.ts';

export interface AnswerLineProps {
  readonly answer: WorkspaceAnswer;
  /** Named where there are several. */
  readonly workspace?: string | undefined;
}

/** Complete or not, until when, and who has to do something: the one line that an operator reads first. */
export function AnswerLine({ answer, workspace }: AnswerLineProps): ReactNode {
  const { tone, title, text, completeUntil, provedUntil } = answer;
  return (
    <section
      className={`answer ${tone}`}
      aria-label={workspace === undefined ? 'Complete?' : `Complete? ${workspace}`}
    >
      <span className="answer-mark">
        <Icon name={tone === 'good' ? 'check' : tone === 'idle' ? 'pause' : 'warning'} />
      </span>
      <div className="answer-words">
        {workspace !== undefined && <p className="answer-workspace">{workspace}</p>}
        <p className="answer-title">
          <strong>{title}.</strong> {text}
        </p>
      </div>
      <dl className="answer-times">
        {completeUntil !== undefined && (
          <div>
            <dt>Everything delivered until</dt>
            <dd>{tone === 'good' ? <TimeText at={completeUntil} /> : <Since at={completeUntil} />}</dd>
          </div>
        )}
        <div>
          <dt>Proved by checkpoints until</dt>
          <dd>
            {provedUntil === undefined ? (
              <span className="muted">not yet</span>
            ) : (
              <TimeText at={provedUntil} />
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Since({ at }: { at: string }): ReactNode {
  return (
    <>
      <TimeText at={at} />{' '}
      <span className="muted">
        (<AgeText at={at} />)
      </span>
    </>
  );
}
