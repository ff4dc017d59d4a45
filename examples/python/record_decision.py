"""Records one decision from Python, in the transaction that the decision is made in.

    pip install psycopg                  (or Debian's python3-psycopg)
    DATABASE_URL=postgres://... python3 record_decision.py

The tables and functions come from "aegis-siem migrate"; the caller needs USAGE on the schema and EXECUTE on
aegis_siem_record, and no right on any table.
"""

import datetime
import json
import os
import uuid

import psycopg


def decide(tool_name: str) -> dict:
    """What a policy engine would answer; here a rule of one line."""
    verdict = "deny" if tool_name.endswith(".delete_contact") else "allow"
    return {
        "attestation_id": str(uuid.uuid4()),
        "workspace_id": "ws-finance",
        "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z"),
        "verdict": verdict,
        "tool_name": tool_name,
        "agent_id": "agent-7",
    }


def main() -> None:
    attestation = decide("salesforce.delete_contact")
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:  # commits at the end, rolls back on an error
        # Your own statements of this decision stand here, in the same transaction.
        row = connection.execute(
            "select status, attestation_id, enqueued, reason from aegis_siem_record(%s)",
            (json.dumps(attestation),),
        ).fetchone()
    status, attestation_id, enqueued, reason = row
    if status not in ("recorded", "duplicate"):
        raise SystemExit(f"not recorded: {status}: {reason}")
    # enqueued is None where the SIEM side failed: the decision stands, and the delivery is made up for later.
    print(f"{status} {attestation_id}, for {enqueued} destinations")


if __name__ == "__main__":
    main()
