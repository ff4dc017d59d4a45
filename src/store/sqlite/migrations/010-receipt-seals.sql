-- Beside each checkpoint, what proves that the receipts that it covers are as they were. Same names and columns as
-- src/store/postgres/migrations/013-receipt-seals.sql.
alter table aegis_siem_checkpoints add column receipt_seal text;    -- COUNT ROOT KEY_ID SIGNATURE
alter table aegis_siem_checkpoints add column receipt_index blob;   -- 14 bytes a receipt: number, and 8 bytes of its hash
