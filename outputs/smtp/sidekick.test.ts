import assert from 'node:assert/strict';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';

async function load(env: Readonly<Record<string, string>>) {
  const all = { SMTP_HOSTPORT: 'mail:25', SMTP_FROM: 'falco@local', SMTP_TO: 'a@local', ...env };
  const loaded = await loadConfig({ env: all, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.warnings, []);
  const { type: _, ...settings } = { type: '', ...loaded.outputs[0]?.settings };
  const { misconfigured, differences } = loaded;
  return { settings, misconfigured, differences, common: loaded.outputs[0]?.common };
}

const LOOK = {
  outputFormat: 'html',
  alertsShownMax: 50,
  showUuid: false,
  logoUrl:
    'https://raw.githubusercontent.com/cncf/artwork/master/projects/falco/horizontal/color/falco-horizontal-color.png',
};

test('mails look as they did, and a relay without a user needs no login', async () => {
  const { settings, common } = await load({ SMTP_MINIMUMPRIORITY: 'error' });
  assert.deepEqual(settings, {
    host: 'mail:25',
    from: 'falco@local',
    to: ['a@local'],
    auth: 'plain',
    ...LOOK,
  });
  assert.equal(common?.minimumPriority, 'error');
});

test('every key of the login is kept', async () => {
  const { settings } = await load({
    SMTP_AUTHMECHANISM: 'OAuthBearer',
    SMTP_USER: 'falco',
    SMTP_PASSWORD: 'secret',
    SMTP_TOKEN: 'token',
    SMTP_IDENTITY: 'soc',
    SMTP_TRACE: 'trace',
    SMTP_TLS: 'false',
    SMTP_OUTPUTFORMAT: 'text',
    SMTP_TO: 'a@local, b@local,',
  });
  assert.deepEqual(settings, {
    host: 'mail:25',
    encryption: 'none',
    from: 'falco@local',
    to: ['a@local', 'b@local'],
    auth: 'oauthbearer',
    user: 'falco',
    password: 'secret',
    token: 'token',
    identity: 'soc',
    trace: 'trace',
    ...LOOK,
    outputFormat: 'text',
  });
});

test('a mechanism nobody has turns the output off, and says so', async () => {
  const { misconfigured } = await load({ SMTP_AUTHMECHANISM: 'kerberos' });
  assert.deepEqual(
    misconfigured.map(({ name }) => name),
    ['smtp'],
  );
});

test('who logs in is told that a refused login counts now', async () => {
  const isTold = async (env: Readonly<Record<string, string>>): Promise<boolean> =>
    (await load(env)).differences.some((text) => text.startsWith('A login that the mail server'));
  assert.equal(await isTold({}), false);
  assert.equal(await isTold({ SMTP_USER: 'falco', SMTP_PASSWORD: 'secret' }), true);
});
