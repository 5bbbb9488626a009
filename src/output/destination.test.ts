import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { createDestinationPolicy, type Listener } from './destination.ts';

function policy(allowDestinations: string[] = [], listeners: Listener[] = []) {
  return createDestinationPolicy({ allowDestinations, refuseListeners: () => listeners });
}

const REFUSED = [
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '0.0.0.0',
  '0.1.2.3',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fd00:ec2::254',
  'fd00:0ec2:0:0:0:0:0:254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'ff02::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0.0.0.0',
  '::ffff:0:169.254.169.254',
  '::a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a83f:8110',
  '64:ff9b:1::a9fe:a9fe',
  '64:ff9b:1:a9fe:a9:fe00::',
  '2002:a9fe:a9fe::1',
];

for (const address of REFUSED) {
  test(`${address} is refused`, () => {
    assert.ok(policy().refusal('some.host', address, 443));
  });
}

const PERMITTED = [
  '127.0.0.1',
  '127.1.2.3',
  '::1',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '100.100.100.201',
  '93.184.216.34',
  'fd00:ec2::253',
  'fc00::1',
  '2606:4700::1111',
  '::ffff:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:a00:1::1',
];

for (const address of PERMITTED) {
  test(`${address} is permitted`, () => {
    assert.equal(policy().refusal('some.host', address, 443), undefined);
  });
}

const ALLOWED: readonly (readonly [string, string, string, boolean])[] = [
  ['metadata.internal', 'metadata.internal', '169.254.169.254', true],
  ['Metadata.Internal', 'metadata.internal.', '169.254.169.254', true],
  ['metadata.internal', 'other.internal', '169.254.169.254', false],
  ['internal', 'metadata.internal', '169.254.169.254', false],
  ['169.254.169.254', 'any.host', '169.254.169.254', true],
  ['169.254.169.254', 'any.host', '::ffff:169.254.169.254', true],
  ['::ffff:169.254.169.254', 'any.host', '169.254.169.254', true],
  ['169.254.169.254', 'any.host', '169.254.170.2', false],
  ['169.254.0.0/16', 'any.host', '169.254.170.2', true],
  ['169.254.169.0/24', 'any.host', '169.254.170.2', false],
  ['fe80::/10', 'any.host', 'fe80::5', true],
  ['FD00:EC2::254', 'any.host', 'fd00:ec2::254', true],
];

for (const [entry, host, address, permitted] of ALLOWED) {
  test(`${entry} ${permitted ? 'allows' : 'does not allow'} ${host} at ${address}`, () => {
    assert.equal(policy([entry]).refusal(host, address, 443) === undefined, permitted);
  });
}

test('a block that is none is a mistake in the configuration', () => {
  assert.throws(() => policy(['169.254.0.0/99']), /allowDestinations.*169\.254\.0\.0\/99/);
});

const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

test('the hub’s own listener on every address is refused under loopback and own addresses', () => {
  const own = policy([], [{ address: '::', port: 2801 }]);
  const addresses = ['127.0.0.1', '127.0.0.9', '::1', '::ffff:127.0.0.1'];
  if (ownAddress !== undefined) addresses.push(ownAddress);
  for (const address of addresses) {
    assert.match(own.refusal('some.host', address, 2801) ?? '', /own listener/, address);
    assert.equal(own.refusal('some.host', address, 2802), undefined, address);
  }
  assert.equal(own.refusal('some.host', '10.255.255.254', 2801), undefined);
});

test('the hub’s own listener on one address is refused there only', () => {
  const own = policy([], [{ address: '127.0.0.1', port: 2801 }]);
  assert.ok(own.refusal('some.host', '127.0.0.1', 2801));
  assert.ok(own.refusal('some.host', '::ffff:127.0.0.1', 2801));
  assert.equal(own.refusal('some.host', '127.0.0.2', 2801), undefined);
});

test('the hub’s own listener can be allowed', () => {
  const own = policy(['127.0.0.1'], [{ address: '::', port: 2801 }]);
  assert.equal(own.refusal('localhost', '127.0.0.1', 2801), undefined);
});

test('listeners are looked up each time, because ports are known late', () => {
  const listeners: Listener[] = [];
  const own = policy([], listeners);
  assert.equal(own.refusal('h', '127.0.0.1', 2801), undefined);
  listeners.push({ address: '0.0.0.0', port: 2801 });
  assert.ok(own.refusal('h', '127.0.0.1', 2801));
});
