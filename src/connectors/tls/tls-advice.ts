/** Who must change what when no trusted TLS connection to `to` (of Azure, or what stands before it) comes about. */
export function tlsAdvice(code: string, to: string): string {
  switch (code) {
    case 'certificate_untrusted':
    case 'certificate_self_signed':
      return `The certificate of ${to} is signed by no authority that is trusted here (${code}). Where a proxy inspects TLS, set the certificate of its authority as tls.ca_pem of the destination; it stands in place of the system's list, so add each other authority that the addresses of the destination need. Checking cannot be turned off.`;
    case 'certificate_name_mismatch':
      return `The certificate of ${to} is for another name (${code}). Check the address in the destination; whoever runs a proxy in between must make its certificate for this name.`;
    case 'certificate_expired':
    case 'certificate_not_yet_valid':
      return `The certificate of ${to} is outside of its time (${code}). Whoever runs it, or a proxy in between, must renew it; check the clock of this machine too.`;
    case 'certificate_client_refused':
    case 'tls_protocol_refused':
      return `The TLS handshake was broken off by ${to} (${code}). If a gateway in between wants a client certificate, set tls.client_cert_pem and the credential client_key_pem of the destination to one that it accepts.`;
    case 'certificate_settings_unusable':
      return `tls.ca_pem, tls.client_cert_pem or client_key_pem of the destination cannot be used (${code}). Set them again, in PEM form, the key without a passphrase.`;
    case 'tls_protocol_absent':
      return `What listens at the address of ${to} speaks no TLS (${code}). Correct the address in the destination, or ask whoever runs the proxy in between.`;
    default:
      return `No TLS connection can be made to ${to} (${code}). Whoever runs it, or a proxy in between, must let it speak TLS 1.2 or later, with a certificate of a trusted authority.`;
  }
}
