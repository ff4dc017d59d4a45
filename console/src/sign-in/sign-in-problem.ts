/** Why the way over the identity provider ended here, by the code that the service puts into the address. */
const WORDS: Readonly<Record<string, string>> = {
  sign_in_refused:
    'The identity provider did not confirm this sign-in, or it took too long. Start again from here.',
  no_access:
    'You are known, but nothing here is granted to you. Ask the operator of this service (AEGIS_SIEM_OIDC_GRANTS).',
  sign_in_unavailable:
    'The identity provider does not answer this service. Try again, or sign in with a key meanwhile.',
  too_many_sign_ins: 'Too many sign-ins from your address failed. Wait ten minutes.',
};

/** A sentence for a known code; an unknown one is told without being repeated, since anyone can write an address. */
export function signInProblem(code: string | null): string | undefined {
  if (code === null) return undefined;
  return Object.hasOwn(WORDS, code) ? WORDS[code] : 'The sign-in did not succeed. Start again from here.';
}
