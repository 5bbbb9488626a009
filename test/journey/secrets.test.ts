import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { get, type HubProcess, metric, prepareHub, startHub } from '../support/hub-process.ts';
import { numberedAlert, numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';

/** Secrets of a configuration, against destinations that shout them back in every way there is. */

const SECRETS = {
  path: 'planted-path-4f81aa',
  query: 'planted query/4f81bb',
  user: 'planted-user-4f81cc',
  header: 'planted-header-4f81dd',
  signing: 'planted-signing-4f81ee',
  sender: 'planted-sender-4f81ff',
} as const;

/** As they are, and as URLs, Basic credentials and JSON carry them. */
const PLANTED = Object.values(SECRETS).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  secret.replace(' ', '+'),
  Buffer.from(secret).toString('base64').replaceAll('=', ''),
]);

test('no secret is told to anybody, however a destination fails', async (t) => {
  const origin = await startShouting(t);
  const kinds = ['400', '401', '403', '404', '413', '429', '500', '302', 'html', 'reset', 'hang'];
  const output = (base: string, kind: string, body = 'alert') => ({
    type: 'webhook',
    url: `${base.replace('//', `//${SECRETS.user}:${SECRETS.user}@`)}/${kind}/${SECRETS.path}?token=${encodeURIComponent(SECRETS.query)}`,
    headers: { 'X-Api-Key': SECRETS.header },
    signingSecret: SECRETS.signing,
    timeout: '500ms',
    body,
  });
  const hub = await startHub(t, {
    log: { level: 'trace' },
    ingest: {
      http: {
        auth: {
          tokens: [{ name: 'agent', token: SECRETS.sender }],
          paths: [{ name: 'falco', token: `${SECRETS.sender}-path` }],
        },
      },
    },
    outputs: {
      ...Object.fromEntries(kinds.map((kind) => [`of-${kind}`, output(origin, kind)])),
      batches: output(origin, '400', 'ndjson'),
      refused: output('http://127.0.0.1:1', 'refused'),
      unknown: output('http://no-such-host.invalid', 'unknown'),
      'not-tls': output(origin.replace('http:', 'https:'), 'tls'),
    },
  });
  const headers = { authorization: `Bearer ${SECRETS.sender}` };
  const poster = createPoster(t, hub, { headers });
  await poster.postEach(numberedAlerts(0, 20));
  assert.equal(poster.acknowledged.size, 20);
  for (const name of ['of-400', 'batches']) {
    await eventually('alerts are dead', async () => (await dead(hub, name)) > 0);
  }
  await eventually('all fail', async () => (await failing(hub)) >= kinds.length + 4);

  const answers = await everyAnswer(hub);
  hub.configure({ outputs: { broken: { ...output(origin, 'x'), signingSecret: 7 } } });
  hub.signal('SIGHUP');
  await eventually('it is refused', async () => {
    return (await metric(hub, 'tocsin_config_reloads_total', { result: 'refused' })) > 0;
  });
  await hub.stop();
  const said = {
    stderr: hub.stderr(),
    stdout: hub.stdout(),
    answers: answers.join('\n'),
    reasons: reasonsIn(hub),
  };
  for (const [where, text] of Object.entries(said)) {
    for (const planted of PLANTED) assert.ok(!text.includes(planted), `${planted} in ${where}`);
  }
  assert.ok(said.reasons.length > 100 && said.stderr.includes('An attempt failed'));
});

test('a configuration that is refused at the start quotes no secret', async (t) => {
  const url = `http:/${SECRETS.path}`;
  const hub = prepareHub(t, {
    outputs: {
      a: { type: 'webhook', url, signingSecret: SECRETS.signing, bodyTemplat: '' },
      b: { type: 'slack', webhookUrl: `ftp://x/${SECRETS.path}` },
      c: { type: 'webhook', url: 'http://x', signingSecret: 'short4f81', proxy: SECRETS.header },
    },
  });
  await assert.rejects(hub.start());
  const text = hub.stderr();
  for (const planted of [...PLANTED, 'short4f81']) assert.ok(!text.includes(planted), text);
  assert.match(text, /bodyTemplat/);
});

/** Answers with all it was sent, as a proxy's error page does, and with the secret both know. */
async function startShouting(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const [, kind = ''] = (request.url ?? '').split('/');
    if (kind === 'hang') return;
    if (kind === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const echo = `${SECRETS.signing} ${request.url} ${JSON.stringify(request.headers)} ${decodeURIComponent(request.url ?? '')}`;
    const location = `http://127.0.0.1:1${request.url}`;
    response.writeHead(kind === 'html' ? 200 : Number(kind), {
      'content-type': kind === 'html' ? 'text/html' : 'text/plain',
      ...(kind === '302' && { location }),
    });
    response.end(kind === 'html' ? `<html>${echo}</html>` : echo);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function dead(hub: HubProcess, output: string): Promise<number> {
  return metric(hub, 'tocsin_output_dead_total', { output });
}

/** How many outputs have failed at least once. */
async function failing(hub: HubProcess): Promise<number> {
  const { text } = await get(hub, '/metrics');
  const outputs = text.matchAll(/^tocsin_output_retried_total\{output="([^"]+)"/gm);
  return new Set([...outputs].map(([, name]) => name)).size;
}

/** What the hub answers to whoever asks, with the right token and with a wrong one. */
async function everyAnswer(hub: HubProcess): Promise<string[]> {
  const pages = ['/metrics', '/readyz', '/healthz', '/ping', '/', `/in/${SECRETS.sender}`];
  const got = await Promise.all(pages.map((path) => get(hub, path)));
  const posted = await Promise.all(
    ['/', '/test', `/in/${SECRETS.sender}-wrong`, '/api/v1/alerts', '/%zz'].flatMap((path) =>
      [SECRETS.sender, `${SECRETS.sender}x`].map((token) => post(hub, path, token)),
    ),
  );
  return [...got.map(({ text, headers }) => text + JSON.stringify([...headers])), ...posted];
}

async function post(hub: HubProcess, path: string, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = path === '/' ? '{"not":"an alert"}' : numberedAlert(99).json;
  const response = await fetch(hub.origin() + path, { method: 'POST', body, headers });
  return (await response.text()) + JSON.stringify([...response.headers]);
}

/** What the queue keeps of failures, for operators to read. */
function reasonsIn(hub: HubProcess): string {
  const db = new DatabaseSync(join(hub.queueDirectory, 'queue.db'), { readOnly: true });
  try {
    return JSON.stringify(db.prepare('SELECT reason, detail FROM exception').all());
  } finally {
    db.close();
  }
}
