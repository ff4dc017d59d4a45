import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ApiProblem } from '../api/api-problem.ts';
import type { JsonSchema, OpenApiDocument } from '../form/json-schema.ts';
import { mistakeAt } from '../form/schema-form.tsx';
import { Icon } from '../shell/icon.tsx';
import type { RedactionRule } from './redaction-rule.ts';

export interface RedactionRulesProps {
  readonly rules: readonly RedactionRule[];
  readonly document: OpenApiDocument;
  readonly problem: ApiProblem | undefined;
  readonly onChange: (rules: readonly RedactionRule[]) => void;
}

const TARGETS = ['patterns', 'fields'] as const;
type Target = (typeof TARGETS)[number];

/** Rules in order; each looks for patterns in all texts, or takes named fields. */
export function RedactionRules({ rules, document, problem, onChange }: RedactionRulesProps): ReactNode {
  const schema =
    document.components.schemas['NewDestination']?.properties?.['redaction']?.items?.properties ?? {};
  const replace = (index: number, rule: RedactionRule): void => onChange(rules.with(index, rule));
  return (
    <div className="rules">
      {rules.map((rule, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- rules have no id; their order is what they are
        <fieldset key={index} className="rule">
          <legend>Rule {index + 1}</legend>
          <RuleForm rule={rule} schema={schema} onChange={(next) => replace(index, next)} />
          {mistakesOf(problem, index).map((mistake) => (
            <p key={mistake} className="form-mistake" role="alert">
              {mistake}
            </p>
          ))}
          <Button className="button small" onPress={() => onChange(rules.toSpliced(index, 1))}>
            Remove rule {index + 1}
          </Button>
        </fieldset>
      ))}
      <Button
        className="button"
        onPress={() => onChange([...rules, { patterns: ['email'], action: 'mask' }])}
      >
        <Icon name="plus" /> Add a rule
      </Button>
    </div>
  );
}

interface RuleFormProps {
  readonly rule: RedactionRule;
  readonly schema: Readonly<Record<string, JsonSchema>>;
  readonly onChange: (rule: RedactionRule) => void;
}

function RuleForm({ rule, schema, onChange }: RuleFormProps): ReactNode {
  const target: Target = rule.fields === undefined ? 'patterns' : 'fields';
  const words = schema[target]?.items?.enum ?? [];
  const chosen = rule[target] ?? [];
  const setTarget = (next: Target): void => {
    const { fields: _fields, patterns: _patterns, ...rest } = rule;
    onChange({ ...rest, [next]: [] });
  };
  return (
    <>
      <div className="rule-line">
        <label>
          Looks for
          <select
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value === 'fields' ? 'fields' : 'patterns')}
          >
            <option value="patterns">patterns in all texts</option>
            <option value="fields">fields</option>
          </select>
        </label>
        <label>
          and does
          <select
            value={rule.action}
            onChange={(event) => onChange(withAction(rule, event.currentTarget.value))}
          >
            {(schema['action']?.enum ?? []).map((word) => (
              <option key={word}>{word}</option>
            ))}
          </select>
        </label>
        {rule.action === 'keep_last' && (
          <label>
            characters kept
            <input
              type="number"
              min={schema['keep']?.minimum}
              max={schema['keep']?.maximum}
              value={rule.keep ?? ''}
              onChange={(event) => onChange({ ...rule, keep: event.currentTarget.valueAsNumber })}
            />
          </label>
        )}
      </div>
      <div className="choices" role="group" aria-label={target}>
        {words.map((word) => (
          <label key={word} className="choice">
            <input
              type="checkbox"
              checked={chosen.includes(word)}
              onChange={(event) =>
                onChange({
                  ...rule,
                  [target]: event.currentTarget.checked
                    ? [...chosen, word]
                    : chosen.filter((one) => one !== word),
                })
              }
            />
            {word}
          </label>
        ))}
      </div>
    </>
  );
}

function withAction({ keep, ...rule }: RedactionRule, action: string): RedactionRule {
  return action === 'keep_last' && keep !== undefined ? { ...rule, action, keep } : { ...rule, action };
}

function mistakesOf(problem: ApiProblem | undefined, index: number): readonly string[] {
  const at = `/redaction/${index}`;
  const errors = problem?.document.errors ?? [];
  const inside = errors
    .filter(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`))
    .map(({ detail }) => detail);
  const whole = inside.length === 0 ? mistakeAt(problem, at) : undefined;
  return whole === undefined ? inside : [whole];
}
