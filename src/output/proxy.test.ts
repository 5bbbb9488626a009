import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError } from './http-error.ts';
import { type Environment, fixedProxyRule, proxyAuthorization, proxyFor } from './proxy.ts';

const BOTH = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://secure:2' };

type Row = readonly [environment: Environment, url: string, proxy: string | undefined];

const CHOICE: readonly Row[] = [
  [{}, 'http://a.example/', undefined],
  [BOTH, 'http://a.example/', 'http://plain:1/'],
  [BOTH, 'https://a.example/', 'http://secure:2/'],
  [{ HTTP_PROXY: 'http://p:1' }, 'https://a.example/', undefined],
  [{ HTTPS_PROXY: 'http://p:1' }, 'http://a.example/', undefined],
  [{ http_proxy: 'http://p:1' }, 'http://a.example/', 'http://p:1/'],
  [{ https_proxy: 'http://p:1' }, 'https://a.example/', 'http://p:1/'],
  [{ HTTP_PROXY: 'http://up:1', http_proxy: 'http://low:1' }, 'http://a.example/', 'http://up:1/'],
  [{ HTTP_PROXY: '', http_proxy: 'http://low:1' }, 'http://a.example/', 'http://low:1/'],
  [{ HTTP_PROXY: 'cache.corp:3128' }, 'http://a.example/', 'http://cache.corp:3128/'],
  [{ HTTP_PROXY: 'cache' }, 'http://a.example/', 'http://cache/'],
  [{ HTTP_PROXY: '10.0.0.1:3128' }, 'http://a.example/', 'http://10.0.0.1:3128/'],
  [{ HTTPS_PROXY: 'https://p.corp' }, 'https://a.example/', 'https://p.corp/'],
  [{ HTTP_PROXY: 'user:pw@p:1' }, 'http://a.example/', 'http://user:pw@p:1/'],
];

for (const [environment, url, expected] of CHOICE) {
  test(`${JSON.stringify(environment)}: ${url} goes ${expected ?? 'directly'}`, () => {
    assert.equal(proxyFor(new URL(url), environment)?.href, expected);
  });
}

/** NO_PROXY, a URL, and whether it is proxied all the same. */
const EXEMPTIONS: readonly (readonly [string, string, boolean])[] = [
  ['', 'http://localhost:9200/', false],
  ['', 'http://127.0.0.1/', false],
  ['', 'http://127.9.9.9/', false],
  ['', 'http://[::1]/', false],
  ['', 'http://0x7f.1/', false],
  ['', 'http://localhost.example/', true],
  ['*', 'http://a.example/', false],
  ['b.example, *', 'http://a.example/', false],
  ['a.example', 'http://a.example/', false],
  ['A.Example', 'http://a.EXAMPLE/', false],
  ['a.example', 'http://deep.a.example/', false],
  ['a.example', 'http://aa.example/', true],
  ['example', 'http://a.example/', false],
  ['.a.example', 'http://deep.a.example/', false],
  ['.a.example', 'http://a.example/', true],
  ['*.a.example', 'http://deep.a.example/', false],
  ['*.a.example', 'http://a.example/', true],
  ['*a.example', 'http://a.example/', true],
  ['.svc', 'http://elastic.logs.svc:9200/', false],
  ['.svc,.cluster.local', 'https://elastic.logs.svc.cluster.local/', false],
  ['a.example:8080', 'http://a.example:8080/', false],
  ['a.example:8080', 'http://a.example/', true],
  ['a.example:80', 'http://a.example/', false],
  ['a.example:443', 'https://a.example/', false],
  ['192.168.1.1', 'http://192.168.1.1/', false],
  ['192.168.1.1', 'http://192.168.1.10/', true],
  ['192.168.1.1:81', 'http://192.168.1.1/', true],
  ['192.168.1.1:81', 'http://192.168.1.1:81/', false],
  ['10.0.0.0/8', 'http://10.1.2.3/', false],
  ['10.0.0.0/8', 'http://11.1.2.3/', true],
  ['10.0.0.0/8', 'http://ten.example/', true],
  ['10.0.0.0/8', 'http://[::ffff:10.1.2.3]/', false],
  ['2001:db8::1', 'http://[2001:db8::1]/', false],
  ['[2001:db8::1]:80', 'http://[2001:db8::1]/', false],
  ['[2001:db8::1]:81', 'http://[2001:db8::1]/', true],
  ['2001:db8::/32', 'http://[2001:db8:5::9]/', false],
  ['2001:db8::/32', 'http://[2001:db9::1]/', true],
  ['.bücher.example', 'http://www.xn--bcher-kva.example/', false],
  ['xn--bcher-kva.example', 'http://bücher.example/', false],
  [' a.example , b.example ', 'http://b.example/', false],
  [':1', 'http://a.example/', true],
  [',,', 'http://a.example/', true],
  ['.', 'http://a.example/', true],
  ['10.0.0.0/99', 'http://10.1.2.3/', true],
  ['1', 'http://10.0.0.1/', true],
];

for (const [noProxy, url, proxied] of EXEMPTIONS) {
  test(`NO_PROXY=${noProxy}: ${url} is ${proxied ? 'proxied' : 'direct'}`, () => {
    const environment = { ...BOTH, NO_PROXY: noProxy };
    assert.equal(proxyFor(new URL(url), environment) !== undefined, proxied);
    const lower = { ...BOTH, no_proxy: noProxy };
    assert.equal(proxyFor(new URL(url), lower) !== undefined, proxied);
  });
}

function isClear(error: unknown): boolean {
  assert.ok(error instanceof HttpError);
  assert.equal(error.code, 'proxy_invalid');
  assert.equal(error.failure.reason, 'client');
  assert.match(error.message, /^HTTPS_PROXY/);
  assert.doesNotMatch(error.message, /hidden/);
  return true;
}

for (const value of ['socks5://u:hidden@p:1080', 'socks5h://p', 'foo://p', 'http://', 'p:99999']) {
  test(`the proxy ${value} is refused by the name of its variable, unquoted`, () => {
    const url = new URL('https://a.example');
    assert.throws(() => proxyFor(url, { HTTPS_PROXY: value }), isClear);
  });
}

test('a proxy that cannot be used does no harm where none is wanted', () => {
  const environment = { HTTPS_PROXY: 'socks5://p', NO_PROXY: 'a.example' };
  assert.equal(proxyFor(new URL('https://a.example'), environment), undefined);
});

test('one fixed proxy takes everything, loopback too', () => {
  const rule = fixedProxyRule('proxy:3128');
  assert.equal(rule(new URL('http://localhost/'))?.href, 'http://proxy:3128/');
  assert.equal(rule(new URL('https://a.example/'))?.href, 'http://proxy:3128/');
  assert.throws(() => fixedProxyRule('socks5://proxy'), /socks5 proxies are not supported/);
});

test('the credentials of a proxy are percent-decoded', () => {
  const header = proxyAuthorization(new URL('http://us%40er:p%3Aw%zz@proxy'));
  const [, encoded = ''] = header['proxy-authorization']?.split(' ') ?? [];
  assert.equal(Buffer.from(encoded, 'base64').toString(), 'us@er:p%3Aw%zz');
  assert.deepEqual(proxyAuthorization(new URL('http://proxy')), {});
});
