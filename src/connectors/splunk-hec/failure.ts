import type { EgressFailure } from '../../egress/egress.ts';
import { failureOutcome } from '../failure-outcome.ts';
import type { Outcome } from '../outcome.ts';

const NAME = 'the Splunk HTTP Event Collector';

/**
 * The outcome of a request to the collector that brought no answer. What is wrong with TLS is said in the words of a
 * Splunk destination: its authority and client certificate are settings of its own.
 */
export function hecFailureOutcome(
  failure: EgressFailure,
  options: { readonly repeatable?: boolean } = {},
): Outcome {
  const outcome = failureOutcome(failure, NAME, options);
  if (outcome.kind !== 'configuration' || failure.phase !== 'tls') return outcome;
  return { ...outcome, advice: tlsAdvice(failure.code) };
}

function tlsAdvice(code: string): string {
  switch (code) {
    case 'certificate_untrusted':
    case 'certificate_self_signed':
      return `The certificate of the collector is signed by no authority that is trusted here (${code}). For an authority of your own, or a certificate that Splunk made itself, set the authority's certificate as tls.ca_pem of the destination; checking cannot be turned off.`;
    case 'certificate_name_mismatch':
      return `The certificate of the collector is for another name (${code}). Set the url of the destination to the name in the certificate, or have the Splunk administrator put this name into it.`;
    case 'certificate_expired':
    case 'certificate_not_yet_valid':
      return `The certificate of the collector is outside of its time (${code}). The Splunk administrator must renew it; check the clock of this machine too.`;
    case 'certificate_client_refused':
    case 'tls_protocol_refused':
      return `The collector broke the TLS handshake off (${code}). If it wants a client certificate, set tls.client_cert_pem and the credential client_key_pem of the destination to one that it accepts.`;
    case 'certificate_settings_unusable':
      return `tls.ca_pem, tls.client_cert_pem or client_key_pem of the destination cannot be used (${code}). Set them again, in PEM form, the key without a passphrase.`;
    case 'tls_protocol_absent':
      return `What listens at this address speaks no TLS (${code}). Turn TLS on for the HTTP Event Collector, or correct the port; for plain http the url must begin with http:// and the operator must allow it in AEGIS_SIEM_EGRESS_ALLOW.`;
    default:
      return `No TLS connection can be made to the collector (${code}). The Splunk administrator must let it speak TLS 1.2 or later, with a certificate of a trusted authority.`;
  }
}
