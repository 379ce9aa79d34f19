/**
 * The database's roles, as SQL. Three group roles carry the grants, one per class of table (directory, tenant, platform);
 * two login roles are members of them: `weft_web` sees one tenant per transaction, `weft_worker` the tenants a batch lists.
 * The owner runs migrations and nothing else. Safe to run again: passwords are set anew, nothing is dropped.
 */
export interface RolePasswords {
  owner: string
  web: string
  worker: string
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** @returns statements for a superuser (or a role with CREATEROLE and ADMIN) connected to any database of the server. */
export function rolesSql(passwords: RolePasswords): string {
  const role = (name: string, attributes: string) =>
    `do $$ begin if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if; end $$;\nalter role ${name} ${attributes};`
  return [
    role('weft_directory', 'nologin nosuperuser nobypassrls'),
    role('weft_tenant', 'nologin nosuperuser nobypassrls'),
    role('weft_platform', 'nologin nosuperuser nobypassrls'),
    role('weft_owner', `login nosuperuser nobypassrls nocreaterole createdb password ${literal(passwords.owner)}`),
    role('weft_web', `login nosuperuser nobypassrls nocreatedb nocreaterole password ${literal(passwords.web)}`),
    role('weft_worker', `login nosuperuser nobypassrls nocreatedb nocreaterole password ${literal(passwords.worker)}`),
    'grant weft_directory, weft_tenant, weft_platform to weft_web;',
    'grant weft_directory, weft_tenant, weft_platform to weft_worker;',
  ].join('\n')
}

/** @returns the statement that makes an empty database owned by `weft_owner`. */
export function createDatabaseSql(database: string): string {
  return `create database "${database.replaceAll('"', '""')}" owner weft_owner encoding 'UTF8' template template0;`
}
