import { type ReactNode, useId } from 'react';
import type { ApiProblem } from '../api/api-problem.ts';
import { HelpText } from '../elements/help-text.tsx';
import { FieldControl } from './field-control.tsx';
import type { FormField } from './form-field.ts';
import { type FormValues, pointerOf } from './form-values.ts';
import './form.css';

export interface SchemaFormProps {
  readonly fields: readonly FormField[];
  readonly values: FormValues;
  readonly onChange: (values: FormValues) => void;
  /** What the API said about the body; each mistake is shown at its field. */
  readonly problem?: ApiProblem | undefined;
  /** Where these fields are in the body: `/config`. */
  readonly at: string;
  /** More help than the schema has: where a value is found. */
  readonly hints?: Readonly<Record<string, ReactNode>>;
  /** Examples, or what is set already, by pointer. */
  readonly placeholders?: Readonly<Record<string, string>>;
}

/** The fields of a schema with their help beside them. */
export function SchemaForm({
  fields,
  values,
  onChange,
  problem,
  at,
  hints,
  placeholders,
}: SchemaFormProps): ReactNode {
  const formId = useId();
  return (
    <div className="schema-form">
      {fields.map((field) => {
        const pointer = pointerOf(field);
        const id = `${formId}${pointer}`;
        const mistake = mistakeAt(problem, `${at}${pointer}`);
        const isGroup = field.control.kind === 'choices';
        return (
          <div className="form-field" key={pointer}>
            <div className="form-label">
              {isGroup ? <span>{field.label}</span> : <label htmlFor={id}>{field.label}</label>}
              {field.required && <span className="form-required">required</span>}
            </div>
            <div className="form-control">
              <FieldControl
                field={field}
                id={id}
                value={values[pointer]}
                invalid={mistake !== undefined}
                describedBy={`${id}-help`}
                placeholder={placeholders?.[pointer]}
                onChange={(value) => onChange({ ...values, [pointer]: value })}
              />
              {mistake !== undefined && (
                <p className="form-mistake" role="alert">
                  {mistake}
                </p>
              )}
            </div>
            <div className="form-help" id={`${id}-help`}>
              {field.help !== undefined && (
                <p>
                  <HelpText text={field.help} />
                </p>
              )}
              {hints?.[pointer]}
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** What the API said about this place of the body. */
export function mistakeAt(problem: ApiProblem | undefined, pointer: string): string | undefined {
  const { errors = [], pointer: whole, detail } = problem?.document ?? {};
  const found = errors.find((error) => error.pointer === pointer)?.detail;
  return found ?? (whole === pointer ? detail : undefined);
}
