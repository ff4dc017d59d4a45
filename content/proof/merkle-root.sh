#!/usr/bin/env bash
# The Merkle tree hash (RFC 6962, section 2.1) over the events on stdin, one a line, in the order of their numbers.
# The data of a leaf is the SHA-256 of the event's text. Needs bash and openssl. Prints the root in hex, as "root" of the checkpoint
# that covers these numbers has it. Two processes an event: for a look by hand, not for a million events.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

count=0
while IFS= read -r event; do
  printf %s "$event" | openssl dgst -sha256 -binary > "$folder/event"
  { printf '\000'; cat "$folder/event"; } | openssl dgst -sha256 -binary > "$folder/0-$count"
  count=$((count + 1))
done
if [ "$count" -eq 0 ]; then : | openssl dgst -sha256 -r | cut -d' ' -f1; exit; fi

# Pairs of one level make the next; one that is left over goes up as it is, which is what the definition comes to.
level=0
while [ "$count" -gt 1 ]; do
  next=0
  for ((at = 0; at < count; at += 2)); do
    if [ $((at + 1)) -lt "$count" ]; then
      { printf '\001'; cat "$folder/$level-$at" "$folder/$level-$((at + 1))"; } | openssl dgst -sha256 -binary > "$folder/$((level + 1))-$next"
    else
      cp "$folder/$level-$at" "$folder/$((level + 1))-$next"
    fi
    next=$((next + 1))
  done
  level=$((level + 1))
  count=$next
done
od -An -v -tx1 "$folder/$level-0" | tr -d ' \n'
echo
