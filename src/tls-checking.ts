import { StartError } from './start-error.ts';

/**
 * Refuses to run where Node was told to trust every certificate: what is sent to a SIEM checks them whatever the variable says,
 * but a database driver or a library would not, and nobody would see it. Throws `StartError`.
 */
export function requireTlsChecking(env: Readonly<Record<string, string | undefined>>): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new StartError(
    'tls_checking_off',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the checking of certificates off for the whole process; take it out. For an authority of your own set tls.ca_pem of the destination, or NODE_EXTRA_CA_CERTS',
  );
}
