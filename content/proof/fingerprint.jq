# What the fingerprint of an event is over (OCSF 1.9.0, profile record_integrity): the whole event without the fingerprint and
# the signatures of its last attestation. Written with sorted names and without blanks it is the canonical text of RFC 8785:
#
#   jq -cjS -f fingerprint.jq event.json | openssl dgst -sha256 -r
#
# This is so for the events of aegis-siem. jq sorts names by code points and not by UTF-16 units, which is another order only for
# names with characters beyond U+FFFF.
del(.attestation_list[-1] | .fingerprint, .signatures)
