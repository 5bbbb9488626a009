import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import type { SingleResult } from './define.ts';
import { HttpError, rejectError, retryError } from './http-error.ts';
import { rememberSent } from './http-excerpt.ts';
import { isDestinationFault, resultOfError, resultOfStatus, retryAfterMs } from './http-result.ts';

function answer(status: number, headers: Record<string, string> = {}, text = '') {
  return { status, headers, text, truncated: false };
}

function detailOf(result: SingleResult): string {
  assert.notEqual(result.outcome, 'delivered');
  return result.outcome === 'delivered' ? '' : result.detail;
}

const STATUSES: readonly (readonly [number, string, string | undefined])[] = [
  [200, 'delivered', undefined],
  [201, 'delivered', undefined],
  [202, 'delivered', undefined],
  [204, 'delivered', undefined],
  [206, 'delivered', undefined],
  [300, 'retry', 'client'],
  [301, 'retry', 'client'],
  [302, 'retry', 'client'],
  [303, 'retry', 'client'],
  [304, 'retry', 'client'],
  [307, 'retry', 'client'],
  [308, 'retry', 'client'],
  [400, 'reject', 'payload'],
  [401, 'retry', 'auth'],
  [402, 'reject', 'client'],
  [403, 'retry', 'auth'],
  [404, 'retry', 'client'],
  [405, 'reject', 'client'],
  [407, 'retry', 'auth'],
  [408, 'retry', 'timeout'],
  [409, 'reject', 'client'],
  [410, 'retry', 'client'],
  [413, 'reject', 'payload'],
  [415, 'reject', 'client'],
  [422, 'reject', 'payload'],
  [425, 'retry', 'server'],
  [429, 'retry', 'rateLimited'],
  [451, 'reject', 'client'],
  [500, 'retry', 'server'],
  [502, 'retry', 'server'],
  [503, 'retry', 'server'],
  [504, 'retry', 'server'],
  [599, 'retry', 'server'],
  [999, 'retry', 'server'],
];

for (const [status, outcome, reason] of STATUSES) {
  test(`HTTP ${status} means ${outcome}${reason ? `/${reason}` : ''}`, () => {
    const result = resultOfStatus(answer(status));
    assert.equal(result.outcome, outcome);
    if (result.outcome === 'delivered') return;
    assert.equal(result.reason, reason);
    assert.match(result.detail, new RegExp(`^HTTP ${status}`));
  });
}

const NOW = Date.parse('2026-11-01T12:00:00Z');
const WAITS: readonly (readonly [string, number | undefined])[] = [
  ['120', 120_000],
  [' 7 ', 7000],
  ['1.5', 1500],
  ['0', 0],
  ['86400', 3_600_000],
  ['9'.repeat(400), 3_600_000],
  ['Sun, 01 Nov 2026 12:00:30 GMT', 30_000],
  ['Mon, 02 Nov 2026 12:00:00 GMT', 3_600_000],
  ['Sun, 01 Nov 2026 11:59:59 GMT', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['1e9', undefined],
  ['2030', 2_030_000],
  ['Nonsense 2030', undefined],
  ['Xyz, 99 Nov 2026 99:00:00 GMT', undefined],
  ['', undefined],
];

for (const [value, expected] of WAITS) {
  test(`Retry-After ${JSON.stringify(value.slice(0, 40))} means ${expected ?? 'nothing'}`, () => {
    assert.equal(retryAfterMs(value, NOW), expected);
  });
}

test('Retry-After is believed where the destination is busy, and nowhere else', () => {
  const wait = { 'retry-after': '30' };
  for (const status of [408, 425, 429, 500, 503]) {
    const result = resultOfStatus(answer(status, wait));
    assert.equal(result.outcome === 'retry' && result.afterMs, 30_000, String(status));
  }
  for (const status of [301, 401, 404, 400, 413]) {
    assert.ok(!('afterMs' in resultOfStatus(answer(status, wait))), String(status));
  }
});

test('an answer is quoted on one short line without control characters', () => {
  const text = `bad\r\nrequest \u001b[31m\u202e ${'x'.repeat(500)}`;
  const detail = detailOf(resultOfStatus(answer(400, {}, text)));
  assert.match(detail, /^HTTP 400: bad request \[31m/);
  assert.doesNotMatch(detail, /[\p{Cc}\p{Bidi_Control}]/u);
  assert.ok(detail.length <= 'HTTP 400: '.length + 200);
});

test('an HTML page is quoted without its tags', () => {
  const page = '<!doctype html><html><title>502 Bad Gateway</title><hr>nginx</html>';
  const detail = detailOf(resultOfStatus(answer(502, {}, page)));
  assert.equal(detail, 'HTTP 502: 502 Bad Gateway nginx');
});

test('quoting 64 KiB of open tags takes no time', () => {
  const started = cpuMs();
  resultOfStatus(answer(500, {}, '<'.repeat(65_536)));
  assert.ok(cpuMs() - started < 200);
});

test('what the request carried is not repeated from an answer', () => {
  const echo = answer(
    400,
    {},
    'Cannot POST /hook/T0PSECRET/x%20yz1234?key=querysecret: T0PSECRET "x yz1234" querysecret, ' +
      'user hunter22 with Bearer token-abc and token-abc, base dXNlcjpodW50ZXIyMg==',
  );
  rememberSent(echo, {
    urls: [new URL('https://user:hunter22@host/hook/T0PSECRET/x%20yz1234?key=querysecret')],
    headers: { authorization: 'Bearer token-abc', 'x-api-key': 'dXNlcjpodW50ZXIyMg==' },
  });
  const detail = detailOf(resultOfStatus(echo));
  assert.doesNotMatch(detail, /T0PSECRET|yz1234|querysecret|hunter22|token-abc|dXNlcj/);
  assert.match(detail, /^HTTP 400: Cannot POST \*\*\*/);
});

test('a redirect names the host it leads to and nothing more', () => {
  const location = 'https://login.example.org/secret/path?token=abcdef';
  const detail = detailOf(resultOfStatus(answer(302, { location })));
  assert.match(detail, /https:\/\/login\.example\.org /);
  assert.doesNotMatch(detail, /secret|abcdef/);
});

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`failed: ${code}`), { code }, more);
}

const ERRORS: readonly (readonly [string, unknown, string, string])[] = [
  ['an unknown name', coded('ENOTFOUND'), 'retry', 'network'],
  ['a silent name server', coded('EAI_AGAIN'), 'retry', 'network'],
  ['a refused connection', coded('ECONNREFUSED'), 'retry', 'network'],
  ['a reset', coded('ECONNRESET'), 'retry', 'network'],
  ['a broken pipe', coded('EPIPE'), 'retry', 'network'],
  ['no connection in time', coded('ETIMEDOUT'), 'retry', 'network'],
  ['no way there', coded('EHOSTUNREACH'), 'retry', 'network'],
  ['a firewall', coded('EPERM', { syscall: 'connect' }), 'retry', 'network'],
  ['a socket closed under undici', coded('UND_ERR_SOCKET'), 'retry', 'network'],
  ['broken HTTP', coded('HPE_INVALID_CONSTANT'), 'retry', 'network'],
  ['an expired certificate', coded('CERT_HAS_EXPIRED'), 'retry', 'network'],
  ['a self-signed certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'retry', 'network'],
  ['a name mismatch', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'retry', 'network'],
  ['no TLS there', coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'retry', 'network'],
  ['a timeout', new DOMException('too long', 'TimeoutError'), 'retry', 'timeout'],
  ['an abort', new DOMException('stopped', 'AbortError'), 'retry', 'timeout'],
  ['a wrapped reset', new Error('x', { cause: coded('ECONNRESET') }), 'retry', 'network'],
  ['a vendor wrapper', coded('vendor', { original: coded('EPIPE') }), 'retry', 'network'],
  ['many addresses', new AggregateError([coded('ECONNREFUSED')]), 'retry', 'network'],
  ['a refused policy', retryError('destination_refused', 'client', 'no'), 'retry', 'client'],
  ['our own bug', rejectError('header_invalid', 'no'), 'reject', 'bug'],
  ['a TypeError', new TypeError('x is not a function'), 'reject', 'bug'],
  ['a file that is not there', coded('ENOENT', { syscall: 'open' }), 'reject', 'bug'],
  ['something that is no error', 'oops', 'reject', 'bug'],
  ['nothing', undefined, 'reject', 'bug'],
];

for (const [what, error, outcome, reason] of ERRORS) {
  test(`${what} means ${outcome}/${reason}`, () => {
    const result = resultOfError(error);
    assert.deepEqual([result.outcome, 'reason' in result && result.reason], [outcome, reason]);
  });
}

test('a chain of causes that is a circle ends', () => {
  const error = new Error('a');
  error.cause = new Error('b', { cause: error });
  assert.equal(resultOfError(error).outcome, 'reject');
});

test('a certificate problem says which', () => {
  const error = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
  assert.match(detailOf(resultOfError(error)), /certificate has expired \(CERT_HAS_EXPIRED\)/);
});

test('an unknown error keeps its words but not its URLs', () => {
  const error = new Error('cannot reach https://user:pass@host.example/secret/path?k=v now');
  const detail = detailOf(resultOfError(error));
  assert.equal(detail, 'Error: cannot reach https://host.example now');
});

test('an HttpError carries nothing but words', () => {
  const error = retryError('network', 'network', 'words');
  assert.ok(error instanceof HttpError);
  assert.deepEqual(Object.keys(error).sort(), ['code', 'failure', 'name']);
  assert.equal(error.cause, undefined);
});

test('faults of the destination are told from those that may be an alert’s', () => {
  const destination = [301, 401, 403, 404, 407, 410, 429];
  const perhapsTheAlert = [408, 425, 500, 503];
  for (const status of destination) {
    assert.ok(isDestinationFault(resultOfStatus(answer(status))), String(status));
  }
  for (const status of [...perhapsTheAlert, 200, 400, 413]) {
    assert.ok(!isDestinationFault(resultOfStatus(answer(status))), String(status));
  }
  assert.ok(isDestinationFault(resultOfStatus(answer(503, { 'retry-after': '5' }))));
  assert.ok(isDestinationFault(resultOfError(coded('CERT_HAS_EXPIRED'))));
  assert.ok(!isDestinationFault(resultOfError(new DOMException('', 'TimeoutError'))));
});
