import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('the measurement and its tags are as in Falcosidekick', async () => {
  const { settings, warnings } = await loadSidekick({ influxdb: { hostport: 'http://influxdb' } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    url: 'http://influxdb',
    bucket: 'falco',
    database: 'falco',
    measurement: 'events',
    tagFields: ['*'],
    spaces: 'underscore',
    seriesMax: 10_000,
  });
});

test('every key finds its setting', async () => {
  const { settings } = await loadSidekick({
    influxdb: {
      hostport: 'http://influxdb',
      database: 'd',
      organization: 'o',
      bucket: 'b',
      precision: 'ms',
      user: 'u',
      password: 'p',
      token: 't',
    },
  });
  const { database, organization, bucket, username, password, token } = settings ?? {};
  assert.deepEqual(
    [database, organization, bucket, username, password, token],
    ['d', 'o', 'b', 'u', 'p', 't'],
  );
});
