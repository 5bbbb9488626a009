import assert from 'node:assert/strict';
import test from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import {
  bulkReply,
  bulkReplyTo,
  jsonReply,
  operationsIn,
  type Verdict,
} from '../../test/support/bulk-server.ts';
import { batch, place, resultsOf } from '../../test/support/search-place.ts';

/** What becomes of alerts that a mapping, or the whole request, refuses. */

const conflict = (field: string): Verdict => [
  400,
  {
    type: 'document_parsing_exception',
    reason: `[1:9] failed to parse field [output_fields.${field}] of type [ip] in document with id 'x'. Preview of field's value: '[output_fields.user.name]'`,
  },
];

test('elasticsearch: what the mapping refuses is sent once more, with the named field as text', async (t) => {
  const server = await place(t, (request) =>
    bulkReply(
      operationsIn(request).map(({ document }) =>
        /"proc.tty":/.test(document) && document.includes('Rule 1') ? conflict('proc.tty') : 201,
      ),
    ),
  );
  const deliveries = batch(3);
  const results = await resultsOf(server, deliveries);
  assert.deepEqual(results.map(verdictOf), ['delivered', 'delivered', 'delivered']);
  const [first, second] = server.destination.received.map(operationsIn);
  assert.equal(first?.length, 3);
  assert.equal(second?.length, 1);
  assert.equal(second?.[0]?.id, deliveries[1]?.key);
  const document = JSON.parse(second?.[0]?.document ?? '') as Record<string, unknown>;
  assert.equal(document['output_fields_unmapped'], '{"proc.tty":34818}');
  const { 'proc.tty': _, ...others } = deliveries[1]?.alert.fields ?? {};
  assert.deepEqual(Object.keys(document['output_fields'] as object), Object.keys(others));
});

test('elasticsearch: fields that do not fit are found one after another', async (t) => {
  const names = ['proc.tty', 'user.name', 'fd.name'];
  const server = await place(t, (request) =>
    bulkReply(
      operationsIn(request).map(({ document }) => {
        const { output_fields: fields } = JSON.parse(document) as { output_fields: object };
        const name = names.find((one) => one in fields);
        return name === undefined ? 201 : conflict(name);
      }),
    ),
  );
  assert.deepEqual((await resultsOf(server, batch(1))).map(verdictOf), ['delivered']);
  const documents = server.destination.received.flatMap(operationsIn);
  const last = JSON.parse(documents.at(-1)?.document ?? '') as Record<string, string>;
  assert.deepEqual(
    Object.keys(JSON.parse(last['output_fields_unmapped'] ?? '') as object),
    names.toSorted(),
  );
  assert.notDeepEqual(Object.keys(last['output_fields'] ?? ''), []);
});

test('elasticsearch: refused without any field is a dead letter, and the others are not held up', async (t) => {
  const server = await place(t, (request) =>
    bulkReply(
      operationsIn(request).map(({ document }) =>
        document.includes('Rule 1') ? conflict('user.name') : 201,
      ),
    ),
  );
  const results = await resultsOf(server, batch(3));
  assert.deepEqual(results.map(verdictOf), ['delivered', 'reject/payload', 'delivered']);
  const { received } = server.destination;
  assert.equal(received.length, 5);
  assert.match(received.at(-1)?.body ?? '', /"output_fields":{},/);
});

test('elasticsearch: a second request that fails as a whole condemns no alert', async (t) => {
  const server = await place(t, (request) =>
    server.destination.received.length === 1
      ? bulkReplyTo(request, conflict('user.name'))
      : { status: 413 },
  );
  const results = await resultsOf(server, batch(2));
  assert.deepEqual(results.map(verdictOf), ['retry/payload', 'retry/payload']);
});

test('elasticsearch: what went to the failure store counts as refused', async (t) => {
  const stored = { create: { status: 201, failure_store: 'used' } };
  const created = { create: { status: 201 } };
  const server = await place(t, () =>
    jsonReply({
      errors: false,
      items: [server.destination.received.length === 1 ? stored : created],
    }),
  );
  const deliveries = batch(1);
  assert.deepEqual((await resultsOf(server, deliveries)).map(verdictOf), ['delivered']);
  const [, again] = server.destination.received.map(operationsIn);
  assert.match(again?.[0]?.document ?? '', /"output_fields":{},.*"output_fields_unmapped":"{/);
});

test('elasticsearch: a batch that is too large, or whose answer is, is refused as one', async (t) => {
  const server = await place(t, () => ({ status: 413 }));
  assert.equal(verdictOf(await server.send(batch(2))), 'reject/payload');
  const reason = 'x'.repeat(600 * 1024);
  server.destination.reply = (request) =>
    bulkReplyTo(request, [400, { type: 'document_parsing_exception', reason }]);
  const tooLong = await server.send(batch(2));
  assert.deepEqual(tooLong, {
    outcome: 'reject',
    reason: 'payload',
    detail: 'the answer is too long to be read',
  });
  server.destination.reply = () => jsonReply('x'.repeat(2 * 1024 * 1024));
  assert.equal(verdictOf(await server.send(batch(1))), 'retry/server');
  server.destination.reply = () => jsonReply('x'.repeat(2 * 1024 * 1024), 401);
  assert.equal(verdictOf(await server.send(batch(2))), 'retry/auth');
});
