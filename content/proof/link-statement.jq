# The signed text of a link of the record chain, from its row as JSON (an array with one row):
#   jq -rj --rawfile index index.sha256 -f link-statement.jq link.json
# "index.sha256" holds the SHA-256 of the bytes of record_index, in hex. See docs/completeness.md.
def time: (. / 1000 | floor | todate | rtrimstr("Z")) + "." + (. % 1000 + 1000 | tostring | .[1:]) + "Z";
.[0]
| "aegis-siem chain link 1\n",
  "link \(.link_no)\n",
  "previous \(.previous // "-")\n",
  "from_record \(.from_record_no)\n",
  "to_record \(.to_record_no)\n",
  "records \(.records)\n",
  "root \(.root)\n",
  "index \($index | rtrimstr("\n"))\n",
  "made_at \(.made_at | time)\n",
  "key_id \(.key_id)\n",
  "next_key \(.next_key // "-")\n"
