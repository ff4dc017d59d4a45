import { readdirSync, readFileSync } from 'node:fs';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const FILE_NAME = /^(?<version>\d{3})-[a-z0-9-]+\.sql$/;

/** The migrations of this release in `folder`, by version: 1, 2, 3, ... A file never changes once it was released. */
export function readMigrationFiles(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .sort()
    .map((name) => ({
      version: Number(FILE_NAME.exec(name)?.groups?.['version']),
      name,
      sql: readFileSync(`${folder}/${name}`, 'utf8'),
    }));
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`Migration ${index + 1} is missing in ${folder}`);
  });
  return migrations;
}
