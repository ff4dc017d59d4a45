/** The part of the browser's Trusted Types that is used; not every browser has them. */
interface TrustedTypesHolder {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
  };
}

/**
 * The page's policy forbids texts that become markup. React Aria empties its announcements by `innerHTML = ''`: that alone is
 * let through, so that nothing can ever come in this way.
 */
export function allowOnlyEmptyMarkup(holder: object): void {
  const { trustedTypes } = holder as TrustedTypesHolder;
  trustedTypes?.createPolicy('default', {
    createHTML: (text) => {
      if (text === '') return '';
      throw new TypeError('the console makes no markup from text');
    },
  });
}
