import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { test } from 'node:test';
import { soon, startClient, startDestination } from '../../test/support/http-destination.ts';

/** Answers each question with the next list of addresses. */
function answering(...answers: readonly (readonly string[])[]): LookupFunction {
  const left = [...answers];
  return (_host, _options, callback) => {
    const addresses = left.shift() ?? [];
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    callback(null, found);
  };
}

const LITERALS = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '0xa9.254.43518',
  '169.254.169.254.',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[fe80::1]',
  '[::]',
  '0.0.0.0',
  '0',
  '１６９.254.169.254',
];

for (const host of LITERALS) {
  for (const scheme of ['http', 'https']) {
    test(`${scheme}://${host} is refused with the name of the option`, async (t) => {
      const result = await startClient(t).postJson(`${scheme}://${host}/secretpath`, '{}', {
        signal: soon(),
      });
      assert.equal(result.outcome === 'retry' && result.reason, 'client', JSON.stringify(result));
      assert.match(JSON.stringify(result), /allowDestinations/);
      assert.doesNotMatch(JSON.stringify(result), /secretpath/);
    });
  }
}

test('a name that leads to a refused address is refused, whoever it says it is', async (t) => {
  const lookup = answering(['169.254.169.254']);
  const result = await startClient(t, { lookup }).postJson('http://hook.example/', '{}', {
    signal: soon(),
  });
  assert.equal(result.outcome === 'retry' && result.reason, 'client');
  assert.match(
    JSON.stringify(result),
    /hook\.example \(169\.254\.169\.254\) is refused: .*list hook\.example under allowDestinations/,
  );
});

test('a name that changes its address between two connections is judged at each', async (t) => {
  const destination = await startDestination(t, (response) => {
    response.setHeader('connection', 'close').end();
  });
  const lookup = answering(['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1']);
  const client = startClient(t, { lookup });
  const url = `http://rebinding.example:${destination.port}/`;
  const outcomes: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    outcomes.push((await client.postJson(url, '{}', { signal: soon() })).outcome);
  }
  assert.deepEqual(outcomes, ['delivered', 'retry', 'delivered']);
  assert.equal(destination.requests.length, 2);
});

test('of several addresses only the permitted ones are tried', async (t) => {
  const destination = await startDestination(t);
  const lookup = answering(['169.254.169.254', 'fe80::1', '127.0.0.1']);
  const url = `http://mixed.example:${destination.port}/`;
  const result = await startClient(t, { lookup }).postJson(url, '{}', { signal: soon() });
  assert.deepEqual(result, { outcome: 'delivered' });
});

test('a name without any address means retry/network', async (t) => {
  const result = await startClient(t, { lookup: answering([]) }).postJson(
    'http://empty.example/',
    '{}',
    { signal: soon() },
  );
  assert.equal(result.outcome === 'retry' && result.reason, 'network', JSON.stringify(result));
});

test('the hub does not deliver to itself, unless told to', async (t) => {
  const { port, requests } = await startDestination(t);
  const refuseListeners = () => [{ address: '::', port }];
  const refusing = startClient(t, { refuseListeners });
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    const result = await refusing.postJson(`http://${host}:${port}/`, '{}', { signal: soon() });
    assert.equal(result.outcome === 'retry' && result.reason, 'client', host);
    assert.match(JSON.stringify(result), /own listener/);
  }
  assert.equal(requests.length, 0);
  const allowing = startClient(t, { refuseListeners, allowDestinations: ['127.0.0.0/8'] });
  const result = await allowing.postJson(`http://127.0.0.1:${port}/`, '{}', { signal: soon() });
  assert.equal(result.outcome, 'delivered');
});

test('loopback by name and by address is normal', async (t) => {
  const { port } = await startDestination(t);
  const client = startClient(t);
  for (const host of ['localhost', '127.0.0.1', '0x7f.1']) {
    const result = await client.postJson(`http://${host}:${port}/`, '{}', { signal: soon() });
    assert.deepEqual(result, { outcome: 'delivered' }, host);
  }
});

test('a block that is none is refused when the client is made', (t) => {
  assert.throws(() => startClient(t, { allowDestinations: ['10.0.0.0/33'] }), /10\.0\.0\.0\/33/);
});
