import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract, READS_FIRST } from '../../test/contract/http-contract.ts';
import { type Received, type Reply, startDestination } from '../../test/contract/server.ts';
import { endOfAlert } from '../../test/support/ended-alert.ts';
import jira from './index.ts';
import type { JiraIssue } from './payload.ts';

const cloud = { email: 'hub@example.org', apiToken: 'planted-api-token' };
const basic = `Basic ${Buffer.from('hub@example.org:planted-api-token').toString('base64')}`;
const site = (url: string) => ({ url, project: 'SEC' });
const settings = (url: string) => ({ ...site(url), ...cloud });

const nothing: Reply = { status: 200, body: '{"issues":[],"isLast":true}' };
const createdReply: Reply = { status: 201, body: '{"id":"10000","key":"SEC-24","self":"x"}' };

function answer({ path }: Received): Reply {
  return path.includes('search') ? nothing : createdReply;
}

for (const [variant, own, api, authorization] of [
  ['cloud', cloud, '/rest/api/3', basic],
  ['data center', { token: 'planted-pat' }, '/rest/api/2', 'Bearer planted-pat'],
] as const) {
  const isCloud = variant === 'cloud';
  httpContract(jira, {
    variant,
    settings: (url) => ({ ...site(`${url}/`), ...own }),
    accepted: answer,
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length * 2);
      for (const [n, { alert, key }] of deliveries.entries()) {
        const [search, create] = requests.slice(n * 2) as [Received, Received];
        assert.equal(
          `${search.method} ${search.path}`,
          `POST ${api}/search${isCloud ? '/jql' : ''}`,
        );
        assert.equal(`${create.method} ${create.path}`, `POST ${api}/issue`);
        assert.equal(create.headers['authorization'], authorization);
        const { jql } = JSON.parse(search.body) as { jql: string };
        assert.equal(jql, `project = "SEC" AND labels = "tocsin-${key}"`);
        const { fields } = JSON.parse(create.body) as JiraIssue;
        assert.deepEqual(fields.labels, [`tocsin-${key}`]);
        assert.ok(fields.summary.length > 0 && fields.summary.length <= 255);
        assert.doesNotMatch(fields.summary, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        checkText(fields.description, alert.uuid);
      }
    },
    sendsNumbers: false,
    statuses: READS_FIRST,
    lookalikes: [{ status: 200 }, { status: 200, body: '{"issues":{}}' }, { status: 204 }],
    oddAlerts: 80,
  });
}

function checkText(text: JiraIssue['fields']['description'], uuid: string): void {
  const all = typeof text === 'string' ? text : textsIn(text).join('\n');
  assert.ok(all.length <= 32_767, `${all.length} characters`);
  assert.ok(all.includes(`\nuuid: ${uuid}\n`));
  assert.doesNotMatch(all, /[\p{Bidi_Control}\p{Zl}\p{Zp}\r]/u);
  if (typeof text !== 'string') return;
  assert.deepEqual(text.match(/\{noformat/gi)?.length, 2);
  assert.match(text, /^\{noformat\}\n.*\n\{noformat\}$/s);
}

function textsIn(node: object): string[] {
  const { text, content = [] } = node as { text?: string; content?: object[] };
  // The document format has no empty texts.
  assert.notEqual(text, '');
  return [...(text === undefined ? [] : [text]), ...content.flatMap(textsIn)];
}

answersMean(jira, settings, [
  [
    400,
    { errorMessages: ["The value 'SEC' does not exist for the field 'project'."] },
    'retry/client',
  ],
  [401, 'Client must be authenticated to access this resource.', 'retry/auth'],
  [404, '', 'retry/client'],
]);

/** Sends one alert to a Jira that answers the search and the next request as told. */
async function sent(
  t: test.TestContext,
  own: object,
  replies: readonly [search: Reply, next: Reply],
  alert = alertWith(),
): Promise<[verdict: string, paths: string[]]> {
  const { origin, received } = await startDestination(t, ({ path }) =>
    path.includes('search') ? replies[0] : replies[1],
  );
  const context = {
    settings: settingsOf(jira, { ...settings(origin), ...own }),
    http: httpClient(t),
  };
  const result = await attempt(jira, context, [deliveryOf(alert)]);
  return [verdictOf(result), received.map(({ path }) => path)];
}

const found: Reply = { status: 200, body: '{"issues":[{"id":"1","key":"SEC-7"}]}' };
const search = '/rest/api/3/search/jql';

test('jira: an alert whose issue is there has been sent before', async (t) => {
  assert.deepEqual(await sent(t, {}, [found, createdReply]), ['delivered', [search]]);
});

test('jira: an alert of an open issue becomes a comment, unless nobody wants it', async (t) => {
  const own = { dedupKey: '{{ .Rule }}' };
  const comment: Reply = { status: 201, body: '{"id":"1"}' };
  const paths = [search, '/rest/api/3/issue/SEC-7/comment'];
  assert.deepEqual(await sent(t, own, [found, comment]), ['delivered', paths]);
  assert.deepEqual(await sent(t, own, [found, { status: 200 }]), ['retry/client', paths]);
  const ignoring = { ...own, whenOpen: 'ignore' };
  assert.deepEqual(await sent(t, ignoring, [found, comment]), ['delivered', [search]]);
});

test('jira: the end of an alert of Alertmanager is a comment on its issue, and no issue of its own', async (t) => {
  const comment: Reply = { status: 201, body: '{"id":"1"}' };
  const paths = [search, '/rest/api/3/issue/SEC-7/comment'];
  assert.deepEqual(await sent(t, {}, [found, comment], endOfAlert()), ['delivered', paths]);
  assert.deepEqual(await sent(t, {}, [nothing, createdReply], endOfAlert()), [
    'delivered',
    [search],
  ]);
});

test('jira: only what is about the text is the fault of the alert', async (t) => {
  const refused = (errors: object): Reply => ({ status: 400, body: JSON.stringify({ errors }) });
  const cases: [Reply, string][] = [
    [refused({ summary: 'too long' }), 'reject/payload'],
    [refused({ description: 'bad', customfield_1: 'is required' }), 'retry/client'],
    [refused({ issuetype: 'valid issue type is required' }), 'retry/client'],
    [{ status: 400, body: '{"errorMessages":["no"],"errors":{}}' }, 'retry/client'],
    [{ status: 413 }, 'reject/payload'],
    [{ status: 200, body: '{"key":"SEC-1"}' }, 'retry/client'],
    [{ status: 429 }, 'retry/rateLimited'],
  ];
  for (const [reply, verdict] of cases) {
    assert.equal((await sent(t, {}, [nothing, reply]))[0], verdict, JSON.stringify(reply));
  }
});

test('jira: the search is told which issues are new', async (t) => {
  const { origin, received } = await startDestination(t, answer);
  const own = { ...settings(origin), dedupKey: '{{ .Rule }}' };
  const context = { settings: settingsOf(jira, own), http: httpClient(t) };
  for (let n = 0; n < 53; n += 1) {
    const delivery = deliveryOf(alertWith({ rule: `Rule ${n}` }));
    assert.equal(verdictOf(await attempt(jira, context, [delivery])), 'delivered');
  }
  const told = received
    .filter(({ path }) => path === search)
    .map(({ body }) => (JSON.parse(body) as { reconcileIssues?: number[] }).reconcileIssues);
  assert.deepEqual(told.slice(0, 2), [undefined, [10_000]]);
  assert.equal(told.at(-1)?.length, 50);
});
