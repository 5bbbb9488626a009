import { addedFields } from '../../src/output/sidekick.ts';

/**
 * Falcosidekick's `timescaledb.*`: the same table and columns. Its client takes TLS where the server
 * offers it, and looks at no certificate.
 */
export const sidekick = {
  settings: {
    database: 'timescaledb.database',
    username: 'timescaledb.user',
    password: 'timescaledb.password',
    table: { key: 'timescaledb.hypertablename', convert: lowerCase },
  },
  combined: [
    { keys: ['timescaledb.host', 'timescaledb.port'], settings: addressOf },
    { keys: ['customfields', 'templatedfields'], settings: columns },
  ],
  always: { encryption: 'prefer' },
  tls: false,
};

function addressOf(host: unknown, port: unknown): Record<string, unknown> {
  const name = String(host);
  const isIPv6 = name.includes(':') && !name.startsWith('[');
  const address = `${isIPv6 ? `[${name}]` : name}:${String(port)}`;
  return { address, tls: { verify: false } };
}

/** It quotes no name, and so the server writes all in lower case. */
function lowerCase(name: unknown): string {
  return String(name).toLowerCase();
}

function columns(custom: unknown, templated: unknown): Record<string, readonly string[]> {
  const names = addedFields(custom, templated);
  return names.length === 0 ? {} : { fieldColumns: [...new Set(names)] };
}
