import type { ReactNode } from 'react';
import type { FormField } from './form-field.ts';
import { type FormValues, pointerOf } from './form-values.ts';

export interface FieldControlProps {
  readonly field: FormField;
  readonly id: string;
  readonly value: FormValues[string] | undefined;
  readonly invalid: boolean;
  readonly describedBy: string;
  readonly placeholder?: string | undefined;
  readonly onChange: (value: FormValues[string]) => void;
}

/** The control that a field's schema asks for: the browser's own, which every reader and phone knows. */
export function FieldControl({
  field,
  id,
  value,
  invalid,
  describedBy,
  placeholder,
  onChange,
}: FieldControlProps): ReactNode {
  const { control, required, secret, unset } = field;
  const common = {
    id,
    name: pointerOf(field),
    required,
    'aria-invalid': invalid,
    'aria-describedby': describedBy,
    placeholder: placeholder ?? unset ?? '',
    autoComplete: 'off',
    spellCheck: false,
  } as const;
  const text = typeof value === 'string' ? value : '';
  switch (control.kind) {
    case 'switch':
      return (
        <select
          id={id}
          aria-describedby={describedBy}
          value={value === undefined ? '' : String(value)}
          onChange={(event) =>
            onChange(event.currentTarget.value === '' ? '' : event.currentTarget.value === 'true')
          }
        >
          <option value="">{unset === undefined ? 'not set' : `default (${unset})`}</option>
          <option value="true">on</option>
          <option value="false">off</option>
        </select>
      );
    case 'choice':
      return (
        <select
          id={id}
          aria-describedby={describedBy}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">{unset === undefined ? 'not set' : `default (${unset})`}</option>
          {control.words.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      );
    case 'choices':
      return (
        <Choices
          field={field}
          id={id}
          words={control.words}
          value={value}
          describedBy={describedBy}
          onChange={onChange}
        />
      );
    case 'lines':
      return (
        <textarea
          {...common}
          rows={2}
          className="lines"
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={(event) => onChange(event.currentTarget.value.split('\n'))}
        />
      );
    case 'long_text':
      return (
        <textarea
          {...common}
          rows={5}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
    case 'text':
      return (
        <input
          {...common}
          type={secret ? 'password' : 'text'}
          autoComplete={secret ? 'new-password' : 'off'}
          inputMode={control.kind === 'number' ? 'numeric' : 'text'}
          maxLength={control.kind === 'text' ? control.maxLength : undefined}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return control satisfies never;
  }
}

interface ChoicesProps extends Pick<
  FieldControlProps,
  'field' | 'id' | 'value' | 'describedBy' | 'onChange'
> {
  readonly words: readonly string[];
}

function Choices({ field, id, words, value, describedBy, onChange }: ChoicesProps): ReactNode {
  const chosen: readonly string[] = Array.isArray(value) ? value : [];
  return (
    <div className="choices" id={id} role="group" aria-label={field.label} aria-describedby={describedBy}>
      {words.map((word) => (
        <label key={word} className="choice">
          <input
            type="checkbox"
            checked={chosen.includes(word)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, word] : chosen.filter((one) => one !== word))
            }
          />
          {word}
        </label>
      ))}
    </div>
  );
}
