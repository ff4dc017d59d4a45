# The text that stands for an attestation in the record chain, from its row as JSON (an array with one row).
# Its SHA-256 is the data of the leaf. See docs/completeness.md.
.[0]
| "aegis-siem record 1\n",
  "kind attestation\n",
  "id \(.attestation_id | tojson)\n",
  "uid -\n",
  "workspace \(.workspace_id | tojson)\n",
  "recorded_at \(.recorded_at)\n",
  "\n",
  .body
