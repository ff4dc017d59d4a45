import path from 'node:path';
import { servicePaths } from '../../service-paths.ts';
import { sqlitePath } from '../../store/open-store.ts';
import { StoreError } from '../../store/store-error.ts';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { noteDone } from '../note-act.ts';
import { show } from '../output.ts';
import { serviceSettings, SETTING_OPTIONS } from '../service-settings.ts';

const KEY_WARNING =
  'The master key is not in it: without the key file nobody can read the credentials. Keep a copy of it elsewhere';

const NOT_LINKED =
  'no store stood there that could be read: the first checkpoint of each new epoch cannot name the last one that the SIEM has. ' +
  '"verify" calls that a fork, once; judge from there on with --from';

export const backup: Command = {
  name: 'backup',
  summary: 'Copy the embedded store to a file while the service runs; with PostgreSQL, say how to dump it',
  examples: ['aegis-siem backup /backups/aegis-2026-11-24.db', 'aegis-siem backup aegis.dump --json'],
  positionals: 'FILE',
  minPositionals: 1,
  maxPositionals: 1,
  options: SETTING_OPTIONS,
  async run(context) {
    const { settings } = serviceSettings(context);
    const target = path.resolve(context.positionals[0] ?? '');
    const file = sqlitePath(settings.store);
    const { keyFile } = servicePaths(settings);
    if (file === undefined) {
      const commands = dumpCommands(settings.store, target);
      await show(context, { kind: 'postgres', done: false, commands }, () => `${commands.join('\n')}\n`);
      context.io.writeError(`PostgreSQL is copied by its own tools; nothing was done. ${KEY_WARNING}.\n`);
      return EXIT.refused;
    }
    const { backupSqlite } = await import('../../store/sqlite/backup-sqlite.ts');
    const report = await backupSqlite(file, target).catch((error: unknown) => {
      throw storeFailure('the store cannot be copied', error);
    });
    const { bytes, lastRecordNo, schemaVersion } = report;
    await show(
      context,
      {
        kind: 'sqlite',
        done: true,
        file: target,
        bytes,
        last_record_no: lastRecordNo,
        schema_version: schemaVersion,
      },
      () => `${target}\n`,
    );
    context.io.writeError(
      `${bytes} bytes, records up to number ${lastRecordNo}, read back and sound. ${KEY_WARNING} (${keyFile ?? 'AEGIS_SIEM_KEY_FILE'}).\n`,
    );
    return EXIT.ok;
  },
};

export const restore: Command = {
  name: 'restore',
  summary:
    'Put a backup in the place of the store, with new epochs; with PostgreSQL, after pg_restore and without FILE',
  examples: [
    'aegis-siem restore /backups/aegis-2026-11-24.db',
    'aegis-siem restore --store postgres://localhost/aegis',
  ],
  positionals: '[FILE]',
  maxPositionals: 1,
  options: SETTING_OPTIONS,
  async run(context) {
    const { settings } = serviceSettings(context);
    const [given] = context.positionals;
    const target = sqlitePath(settings.store);
    if (target === undefined) {
      if (given !== undefined) {
        throw new CliError(
          'extra_argument',
          'a dump of PostgreSQL is put back by pg_restore; run this command afterwards, without FILE',
        );
      }
      const { markPostgresRestored } = await import('../../store/postgres/restored.ts');
      const streams = await markPostgresRestored(settings.store).catch((error: unknown) => {
        throw storeFailure('the streams cannot be marked', error);
      });
      await noteDone(context.io, settings.store, {
        action: 'store.restored',
        subjectId: 'store',
        after: { streams },
      });
      await show(context, { kind: 'postgres', streams }, () => `${streams} streams begin a new epoch\n`);
      return EXIT.ok;
    }
    if (given === undefined) throw new CliError('missing_argument', 'restore needs the FILE of a backup');
    const { sidecar } = servicePaths(settings);
    const { restoreSqlite } = await import('../../store/sqlite/restore-sqlite.ts');
    try {
      const report = restoreSqlite({
        backup: path.resolve(given),
        target,
        sidecar: sidecar ?? `${target}.epochs.json`,
        asideSuffix: `before-restore-${new Date().toISOString().replaceAll(':', '-')}`,
      });
      const { lastRecordNo, streams, linked } = report;
      await noteDone(context.io, settings.store, {
        action: 'store.restored',
        subjectId: 'store',
        after: { last_record_no: lastRecordNo, streams, linked },
      });
      await show(
        context,
        {
          kind: 'sqlite',
          file: report.file,
          last_record_no: report.lastRecordNo,
          schema_version: report.schemaVersion,
          streams: report.streams,
          linked: report.linked,
          put_aside: report.putAside ?? null,
        },
        () =>
          `${report.file}: records up to number ${report.lastRecordNo}; ${report.streams} streams begin a new epoch\n`,
      );
      if (report.putAside !== undefined)
        context.io.writeError(`what stood there is now ${report.putAside}\n`);
      if (!report.linked) context.io.writeError(`${NOT_LINKED}\n`);
      return EXIT.ok;
    } catch (error) {
      throw storeFailure('the backup cannot be put in place', error);
    }
  },
};

function storeFailure(what: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof StoreError ? cause.code : 'store_failed';
  return new CliError(code, `${what}: ${why}`, EXIT.unavailable, { cause });
}

/** The address without its password: that belongs into PGPASSWORD or a .pgpass file, not on a command line. */
function dumpCommands(storeUrl: string, target: string): readonly string[] {
  const url = new URL(storeUrl);
  url.password = '';
  return [
    `pg_dump --format=custom --file=${quoted(target)} ${quoted(url.href)}`,
    `pg_restore --clean --if-exists --dbname=${quoted(url.href)} ${quoted(target)}`,
    `aegis-siem restore --store ${quoted(url.href)}`,
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
