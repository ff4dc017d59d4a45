import { type OpenedStore, openStore } from '../../store/open-store.ts';
import { CliError } from '../cli-error.ts';
import { type Command, flagOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { noteAct } from '../note-act.ts';
import { show } from '../output.ts';
import { serviceSettings, SETTING_OPTIONS } from '../service-settings.ts';

export const migrate: Command = {
  name: 'migrate',
  summary:
    'Bring the schema of the store up to date; what changed is told in the audit, as the first record of a new store',
  examples: [
    'aegis-siem migrate',
    'aegis-siem migrate --store postgres://localhost/aegis --roles',
    'aegis-siem migrate --store postgres://localhost/aegis --roles --row-security',
  ],
  options: {
    ...SETTING_OPTIONS,
    roles: {
      type: 'boolean',
      help: 'PostgreSQL: also make the roles aegis_siem_record, _api, _worker and _verify and give them their rights',
    },
    'row-security': {
      type: 'boolean',
      help: 'PostgreSQL: also force row security, so that each session sees the rows of its workspace only',
    },
  },
  async run(context) {
    const { settings } = serviceSettings(context);
    try {
      const store = await openStore(settings.store);
      try {
        if (flagOption(context, 'roles') && store.grantRoles === undefined) {
          throw new CliError('bad_option', '--roles is for PostgreSQL: SQLite has no roles', EXIT.usage);
        }
        const { from, to, applied } = await store.migrate();
        if (flagOption(context, 'roles')) await store.grantRoles?.();
        const secured = flagOption(context, 'row-security') ? await secure(store) : undefined;
        const asked = flagOption(context, 'roles') || secured !== undefined;
        if (applied.length > 0 || asked)
          await noteAct(store, {
            action: 'schema.migrated',
            subjectId: 'schema',
            before: { version: from },
            after: { version: to, roles: flagOption(context, 'roles'), secured_tables: secured?.length ?? 0 },
          });
        await show(context, { from, to, applied, ...(secured === undefined ? {} : { secured }) }, () =>
          applied.length === 0
            ? `nothing to do: the schema is at version ${to}\n`
            : `from version ${from} to ${to}: ${applied.join(', ')}\n`,
        );
      } finally {
        await store.close();
      }
    } catch (error) {
      if (error instanceof CliError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError(
        'store_unusable',
        `the store cannot be brought up to date: ${why}`,
        EXIT.unavailable,
        { cause: error },
      );
    }
    return EXIT.ok;
  },
};

async function secure(store: OpenedStore): Promise<readonly string[]> {
  if (store.secureRows === undefined) throw new Error('SQLite has no row security');
  return store.secureRows();
}
