import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { matchesAny, namesOf } from './certificate-names.ts';

function namesIn(subjectaltname: string | undefined, CN?: string | string[]) {
  return namesOf({ subject: { CN }, subjectaltname } as unknown as PeerCertificate);
}

test('alternative names of four kinds are read, others passed over', () => {
  assert.deepEqual(
    namesIn(
      'DNS:Node.Example.org, URI:spiffe://c/ns/x/sa/y, IP Address:10.0.0.1, ' +
        'IP Address:FD00:0:0:0:0:0:0:1, email:a@b.org, Registered ID:1.2.3.4',
    ),
    [
      { kind: 'dns', value: 'node.example.org' },
      { kind: 'uri', value: 'spiffe://c/ns/x/sa/y' },
      { kind: 'ip', value: '10.0.0.1' },
      { kind: 'ip', value: 'fd00::1' },
      { kind: 'email', value: 'a@b.org' },
    ],
  );
});

test('a value that imitates another entry stays one value', () => {
  assert.deepEqual(namesIn(String.raw`DNS:"a\u002c DNS:falco", DNS:b`), [
    { kind: 'dns', value: 'a, dns:falco' },
    { kind: 'dns', value: 'b' },
  ]);
});

test('a list that cannot be read to its end proves nothing', () => {
  for (const text of ['DNS:falco, DNS:b"c', 'DNS:falco, DNS:"b', 'x', ', DNS:a']) {
    assert.deepEqual(namesIn(text, 'falco'), [], text);
  }
});

test('the common name counts where there is no alternative name', () => {
  assert.deepEqual(namesIn(undefined, 'falco'), [{ kind: 'cn', value: 'falco' }]);
  assert.deepEqual(namesIn(undefined, ['a', 'b']), [
    { kind: 'cn', value: 'a' },
    { kind: 'cn', value: 'b' },
  ]);
  assert.deepEqual(namesIn('DNS:x', 'falco'), [{ kind: 'dns', value: 'x' }]);
  assert.deepEqual(namesIn(undefined), []);
});

test('a star stands for one label', () => {
  const dns = { kind: 'dns', value: 'node-1.falco.svc' } as const;
  assert.ok(matchesAny(dns, ['*.falco.svc']));
  assert.ok(matchesAny(dns, ['node-*.FALCO.svc']));
  assert.ok(!matchesAny(dns, ['*.svc', '*', '*.*', 'node-1.falco.sv', 'node-1xfalco.svc']));
  const uri = { kind: 'uri', value: 'spiffe://c.x/ns/sec/sa/falco.v1' } as const;
  assert.ok(matchesAny(uri, ['spiffe://c.x/ns/*/sa/*']));
  assert.ok(!matchesAny(uri, ['spiffe://c.x/*/sa/falco.v1', 'SPIFFE://c.x/ns/sec/sa/falco.v1']));
  assert.ok(matchesAny({ kind: 'email', value: 'node@example.org' }, ['*@example.org']));
  assert.ok(matchesAny({ kind: 'ip', value: '10.0.0.7' }, ['10.0.0.*']));
  assert.ok(matchesAny({ kind: 'ip', value: 'fd00::1' }, ['FD00:0::1']));
});

test('what stands in a pattern beside stars is taken literally', () => {
  assert.ok(!matchesAny({ kind: 'dns', value: 'axb' }, ['a.b', 'a[x]b', '(axb|c)']));
  assert.ok(!matchesAny({ kind: 'cn', value: 'falco\nevil' }, ['falco']));
});

test('a pattern of any length matches or does not, without harm', () => {
  const value = '['.repeat(100_000);
  assert.ok(matchesAny({ kind: 'dns', value }, [value]));
  assert.ok(!matchesAny({ kind: 'dns', value }, [`${value.slice(1)}*`]));
});
