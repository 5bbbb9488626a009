import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from './load.ts';
import { migrate } from './migrate.ts';

const env = {
  SLACK_WEBHOOKURL: 'https://hooks.slack.com/services/planted-in-variable',
  SLACK_MINIMUMPRIORITY: 'info',
  LISTENPORT: '3001',
  CUSTOMTAGS: 'a, b',
  WEBHOOK_CUSTOMHEADERS: 'Authorization:planted-in-list,X-B:planted-too',
};
const text = `
webhook:
  address: https://example.org/planted-in-file
  maxconcurrentrequests: 3
slack:
  messageformat: "{{ .Rule }} $\{env:HOME}"
stan: { hostport: 'nats://s:4222', clusterid: c, clientid: f }
`;
const source = { file: 'falcosidekick.yaml', text, env, baseDirectory: '/app' };

test('the native form that is printed loads, and means the same', async () => {
  const migrated = await migrate(source);
  assert.ok(migrated.ok);
  const added = {
    WEBHOOK_ADDRESS: 'https://example.org/planted-in-file',
    WEBHOOK_CUSTOMHEADERS_AUTHORIZATION: 'planted-in-list',
    WEBHOOK_CUSTOMHEADERS_X_B: 'planted-too',
  };
  for (const name of Object.keys(added)) assert.match(migrated.yaml, new RegExp(`# - ${name}: `));
  const before = await loadConfig({ ...source, flags: {} });
  const after = await loadConfig({
    text: migrated.yaml,
    env: { ...env, ...added },
    flags: {},
    baseDirectory: '/app',
  });
  assert.ok(before.ok && after.ok);
  assert.equal(after.origin, 'native');
  assert.deepEqual(after.config, before.config);
  const settings = (loaded: typeof before) =>
    Object.fromEntries(loaded.outputs.map((output) => [output.name, output.settings]));
  assert.deepEqual(settings(after), settings(before));
});

test('no secret is printed, wherever it stood', async () => {
  const migrated = await migrate(source);
  assert.ok(migrated.ok);
  assert.doesNotMatch(migrated.yaml, /planted/);
  assert.match(migrated.yaml, /webhookUrl: \$\{env:SLACK_WEBHOOKURL\}/);
});

test('what cannot be taken over is named in comments', async () => {
  const migrated = await migrate(source);
  assert.ok(migrated.ok);
  assert.match(
    migrated.yaml,
    /^# - falcosidekick\.yaml:7:19: warning \[output_unavailable\] stan\.hostport/m,
  );
  assert.match(migrated.yaml, /^# - The minimum priority "info" means informational/m);
  assert.match(migrated.yaml, /address: "\[::\]:3001" # from LISTENPORT$/m);
});

test('a native configuration needs no migration', async () => {
  const migrated = await migrate({ text: 'outputs: {}', env: {}, baseDirectory: '/' });
  assert.equal(migrated.ok, false);
  assert.deepEqual(
    migrated.problems.map(({ code }) => code),
    ['migrate_native'],
  );
});

test('a file that cannot be parsed is not migrated', async () => {
  const migrated = await migrate({ text: 'slack: "', env: {}, baseDirectory: '/' });
  assert.equal(migrated.ok, false);
  assert.deepEqual(
    migrated.problems.map(({ code }) => code),
    ['yaml_syntax'],
  );
});
