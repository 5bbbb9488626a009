import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { eventsBody, sharedAccessSignature } from './payload.ts';
import { hubUrl, mistakesIn } from './settings.ts';

test('an event is the alert, with what readers choose by', () => {
  const delivery = deliveryOf(alertWith());
  assert.deepEqual(JSON.parse(eventsBody({ format: 'falco' }, [delivery])), [
    {
      Body: delivery.json,
      UserProperties: {
        priority: 'warning',
        rule: 'Read sensitive file untrusted',
        source: 'syscall',
        uuid: delivery.alert.uuid,
        delivery_key: delivery.key,
      },
    },
  ]);
});

test('an event of more than Event Hubs takes has its texts cut', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field${n}`, '"'.repeat(4096)]),
  );
  const body = eventsBody({ format: 'falco' }, [deliveryOf(alertWith({ fields }))]);
  assert.ok(Buffer.byteLength(body) <= 1_000_000);
  assert.match(body, /…/);
});

test('a signature is for the hub, until a moment', () => {
  const policy = { keyName: 'send only', key: 'planted-key' };
  const [kind, value = ''] = sharedAccessSignature('https://n/hub', policy, 1_700_000_000).split(
    ' ',
  );
  assert.equal(kind, 'SharedAccessSignature');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(value)), {
    sr: 'https://n/hub',
    // printf 'https%3A%2F%2Fn%2Fhub\n1700000000' | openssl dgst -sha256 -hmac planted-key -binary | base64
    sig: 'DsLwRG6lSUCtugMujlD6psGkcKFESShpajRIxF28vYM=',
    se: '1700000000',
    skn: 'send only',
  });
});

test('a namespace is a name or a host', () => {
  const url = (namespace: string) => hubUrl({ namespace, hub: 'h', format: 'falco' });
  assert.equal(url('n'), 'https://n.servicebus.windows.net/h');
  assert.equal(url('n.servicebus.chinacloudapi.cn'), 'https://n.servicebus.chinacloudapi.cn/h');
});

test('a key has a name', () => {
  const paths = (own: object) =>
    mistakesIn({ namespace: 'n', hub: 'h', format: 'falco', ...own }).map(({ path }) => path);
  assert.deepEqual(paths({ key: 'k' }), ['keyName']);
  assert.deepEqual(paths({ keyName: 'k', endpoint: 'x' }), ['key', 'endpoint']);
});
