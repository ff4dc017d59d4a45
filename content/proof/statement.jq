# The signed text of a checkpoint, from its event: jq -rj -f statement.jq checkpoint.json
# One line for each fact, in this order; "-" where there is none. See docs/completeness.md.
.unmapped.aegis.checkpoint
| "aegis-siem checkpoint 1\n",
  "stream \(.stream)\n",
  "epoch \(.epoch)\n",
  "seq \(.seq)\n",
  "from_seq \(.from_seq)\n",
  "to_seq \(.to_seq)\n",
  "delivered \(.delivered)\n",
  "tombstoned \(.tombstoned)\n",
  "checkpoints \(.checkpoints)\n",
  "left_out \(.left_out)\n",
  "tombstones \(if .tombstones == "" then "-" else .tombstones end)\n",
  "untaken \(if .untaken == [] then "-" else [.untaken[] | "\(.seq):\(.sha256)"] | join(",") end)\n",
  "filters \(if .filters == [] then "-" else .filters | join(",") end)\n",
  "root \(.root)\n",
  "previous \(if .previous then "\(.previous.epoch)/\(.previous.seq)/\(.previous.sha256)" else "-" end)\n",
  "made_at \(.made_at)\n",
  "next_due \(.next_due // "stopped")\n",
  "key_id \(.key_id)\n",
  "next_key \(if .next_key then "\(.next_key.key_id)/\(.next_key.public_key)" else "-" end)\n",
  (if .chain then "chain \(.chain.link)/\(.chain.sha256)\n" else empty end)
