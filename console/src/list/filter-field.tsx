import { type ReactNode, useEffect, useId, useState } from 'react';

const SETTLED_AFTER_MS = 350;

export interface FilterFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A choice of a filter; the first one is "any". */
export function FilterSelect({
  label,
  value,
  onChange,
  any,
  options,
}: FilterFieldProps & {
  readonly any: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
}): ReactNode {
  const id = useId();
  // A value of the address that the list does not have is shown too, rather than hidden while it filters.
  const known = value === undefined || options.some((option) => option.value === value);
  return (
    <div className="filter-field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{any}</option>
        {!known && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A word of a filter, with completion from what was seen. Asks when the typing settles, or at Enter. */
export function FilterText({
  label,
  value = '',
  onChange,
  placeholder,
  seen = [],
  search = false,
  wide = false,
}: FilterFieldProps & {
  readonly placeholder?: string;
  readonly seen?: readonly string[];
  /** The field that `/` goes to. */
  readonly search?: boolean;
  readonly wide?: boolean;
}): ReactNode {
  const id = useId();
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(value);
  // The address changed by another way, such as "back".
  if (asked !== value) {
    setAsked(value);
    setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), SETTLED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className={wide ? 'filter-field wide' : 'filter-field'}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="search"
        list={seen.length > 0 ? `${id}-seen` : undefined}
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        data-search={search ? '' : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onChange(text.trim());
        }}
      />
      {seen.length > 0 && (
        <datalist id={`${id}-seen`}>
          {seen.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </datalist>
      )}
    </div>
  );
}
