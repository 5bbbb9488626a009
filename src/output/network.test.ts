import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { connect as netConnect, type LookupFunction, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { connect as tlsConnect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { makeAuthority, writePem } from '../../test/support/certificates.ts';
import { listen, soon, startTcp } from '../../test/support/http-destination.ts';
import { everythingIsLocal, startProxy } from '../../test/support/proxy.ts';
import type { DialerOptions } from './dialer.ts';
import { HttpError } from './http-error.ts';
import { resultOfError } from './http-result.ts';
import { createNetwork, type Network } from './network.ts';

const authority = makeAuthority();
const server = authority.issueLocalhost();
const TRUSTED = { caFiles: [authority.certFile] };

function networkWith(options: Partial<DialerOptions> = {}): Network {
  return createNetwork({
    caFiles: [],
    verify: true,
    allowDestinations: [],
    refuseListeners: () => [],
    ...options,
  });
}

/** Greets at once, as SMTP does, and sends everything back; closes its side when the other does. */
function greet(socket: Socket): void {
  socket.write('hello ');
  socket.pipe(socket);
}

const startEcho = (t: TestContext): Promise<number> => startTcp(t, greet);

async function startTlsEcho(t: TestContext, seen: (TLSSocket | undefined)[] = []) {
  const options = { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const tls = createTlsServer({ ...options, ALPNProtocols: ['h2', 'x'] }, (socket) => {
    seen.push(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  return listen(t, tls);
}

async function conversation(socket: Socket): Promise<string> {
  socket.end('world');
  return text(socket);
}

function refusal(error: unknown): boolean {
  assert.ok(error instanceof HttpError);
  const result = resultOfError(error);
  assert.equal(result.outcome === 'retry' && result.reason, 'client');
  assert.match(error.message, /is refused: .*under allowDestinations/);
  return true;
}

test('a dialled socket is connected, and no greeting is lost on the way', async (t) => {
  const target = { host: 'localhost', port: await startEcho(t), tls: false };
  const socket = await networkWith().dial({ ...target, signal: soon() });
  assert.equal(await conversation(socket), 'hello world');
});

test('TLS is that of the output: authority, client certificate, name and protocol', async (t) => {
  const seen: TLSSocket[] = [];
  const port = await startTlsEcho(t, seen);
  const { certFile, keyFile } = authority.issue({ name: 'hub', usage: 'client' });
  const network = networkWith({ ...TRUSTED, certFile, keyFile });
  const target = { host: 'localhost', port, tls: true, alpn: ['h2'] };
  const socket = await network.dial({ ...target, signal: soon() });
  assert.equal((socket as TLSSocket).alpnProtocol, 'h2');
  assert.equal(await conversation(socket), 'hello world');
  assert.deepEqual([seen[0]?.authorized, seen[0]?.servername], [true, 'localhost']);

  for (const options of [{}, { ...TRUSTED, serverName: 'other.example' }]) {
    const dialled = networkWith(options).dial({ ...target, signal: soon() });
    await assert.rejects(dialled, /localhost:\d+: its certificate is not accepted/);
  }
  const careless = await networkWith({ verify: false }).dial({ ...target, signal: soon() });
  assert.equal(await conversation(careless), 'hello world');
});

const REFUSED_HOSTS = ['169.254.169.254', '0xa9fea9fe', '::ffff:169.254.169.254', '[fe80::1]'];

test('a refused address is refused in every spelling and on every way', async () => {
  for (const host of REFUSED_HOSTS) {
    const target = { host, port: 443, tls: false };
    for (const proxy of [undefined, 'http://127.0.0.1:1']) {
      const network = networkWith({ proxy });
      await assert.rejects(network.dial({ ...target, signal: soon() }), refusal);
      const [error] = await once(network.socket(target), 'error');
      refusal(error);
      assert.throws(() => network.lookup(host, 443), refusal);
    }
  }
});

const everythingIsMetadata: LookupFunction = (_host, _options, callback) =>
  callback(null, [{ address: '169.254.169.254', family: 4 }]);

test('a name that leads to a refused address is refused', async () => {
  const network = networkWith({ lookup: everythingIsMetadata });
  const target = { host: 'broker.example', port: 9092, tls: false };
  await assert.rejects(network.dial({ ...target, signal: soon() }), refusal);
  const socket = netConnect({ ...target, lookup: network.lookup('broker.example', 9092) });
  const [error] = await once(socket, 'error');
  refusal(error);
});

test('a client that resolves by lookup reaches what is permitted', async (t) => {
  const port = await startEcho(t);
  const lookup = networkWith().lookup('localhost', port);
  assert.equal(await conversation(netConnect({ host: 'localhost', port, lookup })), 'hello world');
});

test('what is no host, or no port, is refused as such', async () => {
  const hosts = ['', 'a b', 'a/b', 'user@a', 'a:1', 'a?b', 'a#b', 'fe80::1%eth0'];
  const targets = [...hosts.map((host) => [host, 1] as const), ['a', 65_536], ['a', -1]] as const;
  for (const [host, port] of targets) {
    const dialled = networkWith().dial({ host, port, tls: false, signal: soon() });
    await assert.rejects(dialled, { code: 'url_invalid' }, host);
  }
});

test('a proxy of the output takes everything, one of the environment what speaks TLS', async (t) => {
  const [plain, secured] = [await startEcho(t), await startTlsEcho(t)];
  const proxy = await startProxy(t);
  const url = `http://user:pw@localhost:${proxy.port}`;
  const environment = { HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: 'exempt.example' };
  const common = { ...TRUSTED, serverName: 'localhost', lookup: everythingIsLocal, environment };
  const visit = async (host: string, tls: boolean, options: Partial<DialerOptions>) => {
    const before = proxy.seen.length;
    const network = networkWith({ ...common, ...options });
    const port = tls ? secured : plain;
    const socket = await network.dial({ host, port, tls, signal: soon() });
    assert.equal(await conversation(socket), 'hello world');
    return proxy.seen.slice(before).map(({ line }) => line);
  };
  assert.deepEqual(await visit('a.example', true, {}), [`CONNECT a.example:${secured}`]);
  assert.deepEqual(await visit('a.example', false, {}), []);
  assert.deepEqual(await visit('exempt.example', true, {}), []);
  assert.deepEqual(await visit('a.example', true, { proxy: 'none' }), []);
  for (const [tls, port] of [[true, secured] as const, [false, plain] as const]) {
    assert.deepEqual(await visit('exempt.example', tls, { proxy: url }), [
      `CONNECT exempt.example:${port}`,
    ]);
  }
  const basic = `Basic ${Buffer.from('user:pw').toString('base64')}`;
  assert.ok(proxy.seen.every(({ headers }) => headers['proxy-authorization'] === basic));
});

test('a destination that never finishes the handshake is left in time, or when told', async (t) => {
  const port = await startTcp(t, () => undefined);
  const target = { host: '127.0.0.1', port, tls: true };
  const late = { message: `127.0.0.1:${port}: no connection in time` };
  const impatient = networkWith({ connectTimeoutMs: 50 });
  await assert.rejects(impatient.dial({ ...target, signal: soon() }), late);
  const signal = AbortSignal.timeout(50);
  await assert.rejects(networkWith().dial({ ...target, signal }), late);
});

test('a socket that is there at once keeps what is written before it is connected', async (t) => {
  for (const tls of [false, true]) {
    const port = tls ? await startTlsEcho(t) : await startEcho(t);
    const socket = networkWith(TRUSTED).socket({ host: 'localhost', port, tls });
    const connected = once(socket, 'connect');
    socket.write('w');
    socket.write('b3I=', 'base64');
    await connected;
    socket.end('ld');
    assert.equal(await text(socket), 'hello world');
  }
});

test('a socket that is there at once passes on more than fits into memory', async (t) => {
  const port = await startTcp(t, (socket) => void socket.pipe(socket));
  const socket = networkWith().socket({ host: '127.0.0.1', port, tls: false });
  const block = Buffer.alloc(1024 * 1024, 'x');
  let received = 0;
  const counted = (async () => {
    for await (const chunk of socket as AsyncIterable<Buffer>) received += chunk.length;
  })();
  for (let written = 0; written < 16; written += 1) {
    if (!socket.write(block)) await once(socket, 'drain');
  }
  socket.end();
  await counted;
  assert.equal(received, 16 * block.length);
});

test('a socket that is there at once fails with the reason, and can be given up', async (t) => {
  const port = await startTcp(t, (socket) => socket.destroy());
  const cut = networkWith(TRUSTED).socket({ host: '127.0.0.1', port, tls: true });
  const [error] = (await once(cut, 'error')) as [HttpError];
  assert.equal(resultOfError(error).outcome, 'retry');

  const sockets: Socket[] = [];
  const silent = await startTcp(t, (socket) => sockets.push(socket.resume()));
  const given = networkWith(TRUSTED).socket({ host: '127.0.0.1', port: silent, tls: true });
  while (sockets[0] === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  given.unref();
  given.destroy();
  await once(given, 'close');
  if (!sockets[0].destroyed) await once(sockets[0], 'close');
});

test('TLS options are those of Node, for a library that begins TLS by itself', async (t) => {
  const port = await startTlsEcho(t);
  const { certFile, keyFile } = authority.issue({ name: 'hub', usage: 'client' });
  const options = { ...TRUSTED, certFile, keyFile, serverName: 'localhost' };
  const whole = networkWith(options).tls();
  const { secureContext: _context, ...pem } = whole;
  for (const tls of [whole, pem]) {
    const socket = tlsConnect({ ...tls, socket: netConnect(port, '127.0.0.1') });
    assert.equal(await conversation(socket), 'hello world');
  }
  assert.equal(networkWith({ verify: false }).tls().rejectUnauthorized, false);
  assert.deepEqual(Object.keys(networkWith().tls()), ['secureContext', 'rejectUnauthorized']);
});

test('TLS options follow the files', () => {
  const caFile = writePem('ca', makeAuthority().cert);
  const network = networkWith({ caFiles: [caFile] });
  const first = network.tls();
  assert.equal(network.tls().secureContext, first.secureContext);
  copyFileSync(authority.certFile, caFile);
  const second = network.tls();
  assert.notEqual(second.secureContext, first.secureContext);
  assert.notDeepEqual(second.ca, first.ca);
});

test('files that cannot be used are the reason of each way', async () => {
  const network = networkWith({ caFiles: ['/nowhere/ca.pem'] });
  const reason = /cannot read \/nowhere\/ca\.pem/;
  assert.throws(() => network.tls(), reason);
  const target = { host: 'localhost', port: 1, tls: true };
  await assert.rejects(network.dial({ ...target, signal: soon() }), reason);
});
