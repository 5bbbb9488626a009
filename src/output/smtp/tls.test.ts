import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeAuthority } from '../../../test/support/certificates.ts';
import { everythingIsLocal, startProxy } from '../../../test/support/proxy.ts';
import { fateOf, openSmtpClient } from '../../../test/support/smtp-client.ts';
import {
  type SmtpServer,
  type SmtpServerOptions,
  startSmtpServer,
} from '../../../test/support/smtp-server.ts';
import type { SmtpServer as Target } from './pool.ts';

/** The way to the mail server: TLS, proxies and refused destinations, as every output has them. */

const authority = makeAuthority();
const tls = authority.issueLocalhost();
const common = { caFiles: [authority.certFile] };
const login = { auth: 'plain', user: 'falco', password: 'planted-password' } as const;

async function start(
  t: TestContext,
  options: SmtpServerOptions,
  target: Partial<Target>,
  network: Parameters<typeof openSmtpClient>[2] = common,
) {
  const server = await startSmtpServer(t, { mechanisms: 'PLAIN', ...options });
  const place = { host: 'localhost', port: server.port };
  return { server, ...openSmtpClient(t, { ...place, login, ...target }, network) };
}

/** No credential, no mail. */
function assertNothingSaid(server: SmtpServer): void {
  assert.deepEqual(
    server.commands.filter((line) => !/^(EHLO|STARTTLS|QUIT)/.test(line)),
    [],
  );
}

test('starttls: login and mail are said within TLS', async (t) => {
  const { server, post } = await start(t, { tls }, { encryption: 'starttls' });
  const plain: string[] = [];
  server.answer = (command, { secured }) => {
    if (!secured) plain.push(command.split(' ')[0] ?? '');
    return undefined;
  };
  assert.equal(fateOf(await post()), 'taken');
  assert.deepEqual(plain, ['GREETING', 'EHLO', 'STARTTLS']);
  assert.equal(server.mails.length, 1);
});

test('implicit: everything is said within TLS', async (t) => {
  const { server, post } = await start(t, { tls, implicit: true }, { encryption: 'implicit' });
  assert.equal(fateOf(await post()), 'taken');
  assert.equal(server.mails.length, 1);
});

test('a STARTTLS that somebody took out of the conversation stops it', async (t) => {
  const { server, post } = await start(t, {}, { encryption: 'starttls' });
  const posted = await post();
  assert.equal(fateOf(posted), 'retry/network');
  assert.match(JSON.stringify(posted), /localhost:\d+: no TLS: 502 5\.5\.1/);
  assertNothingSaid(server);
});

test('what somebody puts before the TLS handshake counts for nothing after it', async (t) => {
  const { server, post } = await start(t, { tls }, { encryption: 'starttls' });
  const withoutLogin = '220 2.0.0 Ready\r\n250 nobody needs to log in here';
  server.answer = (command) => (command === 'STARTTLS' ? withoutLogin : undefined);
  assert.equal(fateOf(await post()), 'taken');
  assert.ok(server.commands.some((line) => line.startsWith('AUTH PLAIN')));
});

for (const encryption of ['starttls', 'implicit'] as const) {
  const options = { tls, implicit: encryption === 'implicit' };

  test(`${encryption}: a certificate of nobody we trust ends it`, async (t) => {
    const { server, post } = await start(t, options, { encryption }, { caFiles: [] });
    const posted = await post();
    assert.equal(fateOf(posted), 'retry/network');
    assert.match(JSON.stringify(posted), /localhost:\d+: its certificate is not accepted/);
    assertNothingSaid(server);
  });

  test(`${encryption}: a certificate with another name ends it, unless that is configured`, async (t) => {
    const named = authority.issue({ name: 'mail', hosts: ['mail.internal'] });
    const other = { ...options, tls: named };
    const without = await start(t, other, { encryption });
    assert.equal(fateOf(await without.post()), 'retry/network');
    assertNothingSaid(without.server);
    const serverName = 'mail.internal';
    const configured = await start(t, other, { encryption }, { ...common, serverName });
    assert.equal(fateOf(await configured.post()), 'taken');
    const unverified = { caFiles: [], verify: false };
    const trusting = await start(t, other, { encryption }, unverified);
    assert.equal(fateOf(await trusting.post()), 'taken');
  });

  test(`${encryption}: a server by its address is checked by it`, async (t) => {
    const { server } = await start(t, options, {});
    const { post } = openSmtpClient(t, { port: server.port, encryption }, common);
    assert.equal(fateOf(await post()), 'taken');
  });

  test(`${encryption}: the way leads through the proxy of the output`, async (t) => {
    const proxy = await startProxy(t);
    const { server } = await start(t, options, {});
    const { post } = openSmtpClient(
      t,
      { host: 'mail.example', port: server.port, encryption },
      {
        ...common,
        serverName: 'localhost',
        lookup: everythingIsLocal,
        proxy: `http://127.0.0.1:${proxy.port}`,
      },
    );
    assert.equal(fateOf(await post()), 'taken');
    assert.equal(proxy.seen[0]?.line, `CONNECT mail.example:${server.port}`);
  });
}

test('encryption none takes no TLS, even where it is offered', async (t) => {
  const { server, post } = await start(t, { tls }, { encryption: 'none' });
  assert.equal(fateOf(await post()), 'taken');
  assert.ok(!server.commands.includes('STARTTLS'));
});

test('a refused destination is refused with the name of the option', async (t) => {
  for (const host of ['169.254.169.254', 'fe80::1', '::ffff:a9fe:a9fe']) {
    const { post } = openSmtpClient(t, { host, port: 25 });
    const posted = await post();
    assert.equal(fateOf(posted), 'retry/client');
    assert.match(JSON.stringify(posted), /is refused: .* under allowDestinations/);
  }
});

test('a server that speaks TLS from the first byte is not waited for as plain', async (t) => {
  const { post } = await start(t, { tls, implicit: true }, { encryption: 'starttls' });
  const posted = await post({}, AbortSignal.timeout(300));
  assert.match(fateOf(posted), /^retry\/(timeout|network)$/);
});
