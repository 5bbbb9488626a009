import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { httpClient, verdictOf } from '../../test/contract/attempt.ts';
import { type Received, type Reply, startDestination } from '../../test/contract/server.ts';
import { serviceTokenFile } from '../../test/support/service-token.ts';
import { resultOfError } from './http-result.ts';
import { changeObject, type KubeObject, type KubePlace } from './kube-object.ts';

const PLACE: KubePlace = {
  apiVersion: 'example.org/v1',
  kind: 'Note',
  resource: 'notes',
  namespace: 'shop',
  name: 'falco',
};
const NOTES = '/apis/example.org/v1/namespaces/shop/notes';
const MISSING = reply(404, { kind: 'Status', details: { kind: 'notes' } });
const CONFLICT = reply(409, { kind: 'Status', reason: 'Conflict' });
const tokenFile = serviceTokenFile();

function reply(status: number, body: object): Reply {
  return { status, body: JSON.stringify(body) };
}

/** An object as the server has it, the older the lower its version. */
function note(resourceVersion: string, text?: string): KubeObject {
  const known = { kind: 'Note', metadata: { name: 'falco', resourceVersion }, owner: 'somebody' };
  return text === undefined ? known : { ...known, text };
}

/** Says `more` at the end of a note's text, once. */
function append(object: KubeObject): KubeObject | undefined {
  const { text = '' } = object as KubeObject & { readonly text?: string };
  return text.endsWith('more') ? undefined : { ...object, text: `${text}more` };
}

/** A server that gives these answers, the last of them for ever. */
async function start(t: TestContext, ...replies: readonly Reply[]) {
  const { origin, received } = await startDestination(
    t,
    () => replies[Math.min(received.length, replies.length) - 1] as Reply,
  );
  const signal = AbortSignal.timeout(60_000);
  const api = { apiServer: `${origin}/`, tokenFile, http: httpClient(t), signal };
  async function change(place = PLACE, file = tokenFile): Promise<string> {
    const access = { ...api, tokenFile: file };
    const changed = await changeObject(access, place, append).catch(resultOfError);
    return typeof changed === 'string' ? changed : verdictOf(changed);
  }
  return { received, change };
}

const calls = (received: readonly Received[]): string[] =>
  received.map(({ method, path }) => `${method} ${path}`);

const written = ({ body }: Received): unknown => JSON.parse(body);

test('an object is read, changed and written back, whole', async (t) => {
  const { received, change } = await start(
    t,
    reply(200, note('7', 'some ')),
    reply(200, note('8')),
  );
  assert.equal(await change(), 'delivered');
  assert.deepEqual(calls(received), [`GET ${NOTES}/falco`, `PUT ${NOTES}/falco`]);
  const [, put] = received as [Received, Received];
  assert.deepEqual(written(put), note('7', 'some more'));
  assert.equal(put.headers['authorization'], 'Bearer planted-service-token');
  assert.equal(put.headers['content-type'], 'application/json');
});

test('where there is none it is made, in its namespace', async (t) => {
  const { received, change } = await start(t, MISSING, reply(201, note('1')));
  assert.equal(await change(), 'delivered');
  assert.deepEqual(calls(received), [`GET ${NOTES}/falco`, `POST ${NOTES}`]);
  assert.deepEqual(written(received[1] as Received), {
    apiVersion: 'example.org/v1',
    kind: 'Note',
    metadata: {
      name: 'falco',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'tocsin' },
    },
    text: 'more',
  });
});

test('an object of the whole cluster is in no namespace', async (t) => {
  const { received, change } = await start(t, MISSING, reply(201, note('1')));
  const { namespace: _, ...ofCluster } = PLACE;
  assert.equal(await change(ofCluster), 'delivered');
  const path = '/apis/example.org/v1/notes';
  assert.deepEqual(calls(received), [`GET ${path}/falco`, `POST ${path}`]);
  assert.doesNotMatch(received[1]?.body ?? '', /namespace/);
});

test('what is there already is not written again', async (t) => {
  const { received, change } = await start(t, reply(200, note('7', 'no more')));
  assert.equal(await change(), 'delivered');
  assert.equal(received.length, 1);
});

test('what somebody else has written in between stays', async (t) => {
  const { received, change } = await start(
    t,
    MISSING,
    CONFLICT,
    reply(200, note('1', 'others ')),
    CONFLICT,
    reply(200, note('2', 'many others ')),
    reply(200, note('3')),
  );
  assert.equal(await change(), 'delivered');
  const methods = received.map(({ method }) => method);
  assert.deepEqual(methods, ['GET', 'POST', 'GET', 'PUT', 'GET', 'PUT']);
  assert.deepEqual(written(received.at(-1) as Received), note('2', 'many others more'));
});

test('an object that others change all the time has to wait', async (t) => {
  const { received, change } = await start(
    t,
    MISSING,
    ...Array.from({ length: 8 }, () => [CONFLICT, MISSING]).flat(),
  );
  assert.equal(await change(), 'retry/server');
  assert.equal(received.length, 10);
});

test('a namespace that is not there, or about to go, is told of', async (t) => {
  const gone = reply(404, { kind: 'Status', details: { kind: 'namespaces' } });
  const causes = [{ reason: 'NamespaceTerminating' }];
  const leaving = reply(403, { kind: 'Status', details: { kind: 'notes', causes } });
  for (const answer of [gone, leaving]) {
    const { change } = await start(t, MISSING, answer);
    assert.equal(await change(), 'no namespace');
  }
  const forbidden = reply(403, { kind: 'Status', details: { kind: 'notes' } });
  assert.equal(await (await start(t, MISSING, forbidden)).change(), 'retry/auth');
});

test('what cannot be the name of a namespace gets into no path', async (t) => {
  const { received, change } = await start(t, MISSING);
  for (const namespace of ['', '..', '../../secrets', 'Shop', 'a'.repeat(64), 'x/y', 'shop\n']) {
    assert.equal(await change({ ...PLACE, namespace }), 'no namespace', namespace);
  }
  assert.equal(received.length, 0);
});

test('nothing that fails before the object is known is about what is added to it', async (t) => {
  const { change } = await start(t, reply(422, { kind: 'Status' }));
  assert.equal(await change(), 'retry/client');
  const unknown = await start(t, { status: 404, body: '404 page not found\n' });
  assert.equal(await unknown.change(), 'retry/client');
  assert.equal(await unknown.change(PLACE, '/nowhere'), 'retry/auth');
  const other = await start(t, reply(200, { kind: 'NoteList' }));
  assert.equal(await other.change(), 'retry/client');
});

test('what the server refuses to store is refused', async (t) => {
  const { change } = await start(t, MISSING, reply(422, { kind: 'Status' }));
  assert.equal(await change(), 'reject/payload');
  const other = await start(t, MISSING, reply(200, { kind: 'NoteList' }));
  assert.equal(await other.change(), 'retry/client');
});
