import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('what nobody sets is as in Falcosidekick: TLS where it is offered, and no look at whose', async () => {
  const { settings, common, warnings } = await loadSidekick({ timescaledb: { host: 'db' } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    address: 'db:5432',
    encryption: 'prefer',
    username: 'postgres',
    password: 'postgres',
    database: 'falcosidekick',
    table: 'falcosidekick_events',
    fieldColumns: [],
  });
  assert.equal((common['tls'] as { verify: boolean }).verify, false);
});

test('every key finds its setting, and fields of the hub have columns', async () => {
  const { settings } = await loadSidekick({
    timescaledb: {
      host: '::1',
      port: '5433',
      user: 'u',
      password: 'p',
      database: 'd',
      hypertablename: 'Events',
      minimumpriority: 'error',
    },
    customfields: { cluster: 'prod' },
    templatedfields: { where: '{{ .Hostname }}' },
  });
  assert.deepEqual(settings, {
    address: '[::1]:5433',
    encryption: 'prefer',
    username: 'u',
    password: 'p',
    database: 'd',
    table: 'events',
    fieldColumns: ['cluster', 'where'],
  });
});
