import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { makeAuthority } from '../../../test/support/certificates.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  falcoAlert,
  type FalcoCertificates,
  falcoCertificates,
  startFalco,
} from '../../../test/support/falco-server.ts';
import { hasOpenssl, opensslCertificates } from '../../../test/support/openssl-certificates.ts';
import {
  createHeldAdmission,
  type HeldAdmission,
  QUIET,
} from '../../../test/support/grpc-ingest.ts';
import { closedPort } from '../../../test/support/http-destination.ts';
import { FalcoGrpcInputs } from './input.ts';
import type { FalcoGrpcSettings } from './settings.ts';
import type { LookUp } from './targets.ts';

const WAIT_MS = 60_000;

const CERTIFICATES: Readonly<Record<string, (t: TestContext) => FalcoCertificates | undefined>> = {
  'these tests': falcoCertificates,
  'the commands of the usual instructions': (t) =>
    hasOpenssl ? opensslCertificates(t) : undefined,
};

interface Opened {
  readonly inputs: FalcoGrpcInputs;
  readonly held: HeldAdmission;
  readonly mistakes: string[];
  readonly lost: number[];
  readonly rejected: string[];
  /** Waits until so many alerts are stored, and returns their rules. */
  rules(count: number): Promise<string[]>;
  state(): string;
}

async function open(t: TestContext, settings: FalcoGrpcSettings, lookUp?: LookUp): Promise<Opened> {
  const held = createHeldAdmission();
  const seen = { mistakes: [] as string[], lost: [] as number[], rejected: [] as string[] };
  const inputs = new FalcoGrpcInputs({
    admission: held,
    onRejected: ({ code }) => void seen.rejected.push(code),
    onMistake: (input, _, advice) => void seen.mistakes.push(`${input}: ${advice}`),
    onLost: (_, alerts) => void seen.lost.push(alerts),
    log: QUIET,
    random: () => 0,
    lookupMs: 100,
    ...(lookUp && { lookUp }),
  });
  await inputs.apply({ nodes: settings }, 0);
  t.after(() => {
    held.release();
    return inputs.close(0);
  });
  return {
    inputs,
    held,
    ...seen,
    async rules(count) {
      await eventually(`${count} alerts`, () => held.documents().length >= count, WAIT_MS);
      return held.documents().map((document) => (document as { rule: string }).rule);
    },
    state: () =>
      inputs
        .counts()
        .filter((one) => one.count > 0)
        .map(({ state, count }) => `${state} ${count}`)
        .join(),
  };
}

suite('Falco over gRPC', () => {
  test('its alerts come in, each once, while it has some and after it was quiet', async (t) => {
    const falco = await startFalco(t);
    falco.raise(falcoAlert('A'), falcoAlert('B'));
    const { rules, held, state } = await open(t, { targets: [falco.target] });
    assert.deepEqual(await rules(2), ['A', 'B']);
    const asked = falco.requests();
    await eventually(
      'it is asked while it says nothing',
      () => falco.requests() > asked + 1,
      WAIT_MS,
    );
    falco.raise(falcoAlert('C'));
    assert.deepEqual(await rules(3), ['A', 'B', 'C']);
    assert.equal(state(), 'connected 1');
    const [document] = held.documents();
    assert.deepEqual(JSON.parse(JSON.stringify(document)), {
      rule: 'A',
      output: '02:00:00.123456789: Notice A (user=root)',
      hostname: 'node-1',
      tags: ['shell', 'container'],
      priority: 'Notice',
      time: 1786406400.1234567,
      source: 'syscall',
      output_fields: {
        'proc.name': 'bash',
        'k8s.ns.name': null,
        'evt.time': '1786406400123456789',
      },
    });
    const { sender } = held.calls[0]!;
    assert.deepEqual(sender, { input: 'grpc', peer: '127.0.0.1', identity: 'falcoGrpc:nodes' });
  });

  test('over a socket of the machine', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'falco-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const target = `unix://${join(directory, 'falco.sock')}`;
    const falco = await startFalco(t, { address: target });
    falco.raise(falcoAlert('A'));
    const { rules, held } = await open(t, { targets: [target] });
    assert.deepEqual(await rules(1), ['A']);
    assert.equal(held.calls[0]!.sender.peer, 'unix');
  });

  test('with several targets, one stream each, and the others go on when one is gone', async (t) => {
    const falcos = await Promise.all([startFalco(t), startFalco(t)]);
    const targets = [...falcos.map(({ target }) => target), `127.0.0.1:${await closedPort()}`];
    const { rules, state } = await open(t, { targets });
    const [first, second] = falcos;
    first!.raise(falcoAlert('A'));
    second!.raise(falcoAlert('B'));
    assert.deepEqual((await rules(2)).toSorted(), ['A', 'B']);
    await eventually('two of three', () => state() === 'connecting 1,connected 2', WAIT_MS);
    first!.stop();
    second!.raise(falcoAlert('C'));
    assert.equal((await rules(3)).at(-1), 'C');
  });

  test('a Falco that restarts is read again, for ever', async (t) => {
    const falco = await startFalco(t);
    const { rules } = await open(t, { targets: [falco.target] });
    for (const [at, rule] of ['A', 'B', 'C'].entries()) {
      await eventually('connected', () => falco.clients() === 1, WAIT_MS);
      falco.raise(falcoAlert(rule));
      assert.equal((await rules(at + 1)).at(-1), rule);
      falco.restart();
    }
  });

  test('a name is looked up again, and has one stream for each address', async (t) => {
    const falco = await startFalco(t, { address: 'localhost:0' });
    const { rules, state, inputs } = await open(t, {
      targets: [`dns:///localhost:${falco.port}`],
    });
    falco.raise(falcoAlert('A'));
    assert.deepEqual(await rules(1), ['A']);
    assert.match(state(), /connected 1/);
    await inputs.apply({ nodes: { targets: ['dns:///no-such-name.invalid:5060'] } }, 0);
    assert.equal(state(), '');
  });

  test('pods behind a name come and go: a new address is read, and one that is gone while it answers', async (t) => {
    const one = await startFalco(t, { address: '127.0.0.1:0' });
    const other = await startFalco(t, { address: `127.0.0.2:${one.port}` });
    let pods: string[] | undefined = ['127.0.0.1'];
    const lookUp: LookUp = () =>
      pods === undefined
        ? Promise.reject(new Error('SERVFAIL'))
        : Promise.resolve(pods.map((address) => ({ address, family: 4 })));
    const targets = [`dns:///falco.example:${one.port}`];
    const { rules, state } = await open(t, { targets }, lookUp);
    one.raise(falcoAlert('A'));
    assert.deepEqual(await rules(1), ['A']);
    pods = ['127.0.0.1', '127.0.0.2'];
    await eventually('both are read', () => state() === 'connected 2', WAIT_MS);
    other.raise(falcoAlert('B'));
    assert.deepEqual(await rules(2), ['A', 'B']);
    pods = undefined;
    one.raise(falcoAlert('C'));
    assert.deepEqual(await rules(3), ['A', 'B', 'C'], 'a name server that fails ends nothing');
    pods = ['127.0.0.2'];
    one.restart();
    await eventually('the one that is gone is left', () => state() === 'connected 1', WAIT_MS);
    other.raise(falcoAlert('D'));
    assert.deepEqual((await rules(4)).at(-1), 'D');
  });

  for (const [by, make] of Object.entries(CERTIFICATES)) {
    test(`mutual TLS with certificates that have a CN only, made by ${by}`, async (t) => {
      const tls = make(t);
      if (tls === undefined) return t.skip('there is no openssl');
      const falco = await startFalco(t, { tls });
      falco.raise(falcoAlert('A'));
      const files = { caFile: tls.caFile, ...filesOf(tls.client), serverName: 'localhost' };
      const { rules, mistakes } = await open(t, { targets: [falco.target], tls: files });
      assert.deepEqual(await rules(1), ['A']);
      assert.deepEqual(mistakes, []);
    });
  }

  test('what an operator must mend is told once, with what to do, and tried again', async (t) => {
    const tls = falcoCertificates();
    const falco = await startFalco(t, { tls });
    const { caFile } = tls;
    const good = { caFile, ...filesOf(tls.client), serverName: 'localhost' };
    const stranger = makeAuthority();
    const cases: readonly (readonly [FalcoGrpcSettings['tls'], RegExp])[] = [
      [{ ...good, serverName: 'falco.example' }, /tls\.serverName/],
      [{ ...good, ...filesOf(stranger.issue({ name: 'localhost' })) }, /tls\.certFile/],
      [{ ...good, caFile: stranger.certFile }, /tls\.caFile/],
      [{ ...good, caFile: '/nowhere/ca.crt' }, /cannot be opened/],
    ];
    for (const [settings, advice] of cases) {
      const { state, mistakes } = await open(t, { targets: [falco.target], tls: settings });
      await eventually(String(advice), () => mistakes.length > 0, WAIT_MS);
      assert.match(mistakes[0]!, advice);
      assert.equal(state(), 'misconfigured 1');
    }
  });

  test('what the hub cannot take at the moment is offered again, and Falco keeps the rest', async (t) => {
    const falco = await startFalco(t);
    const { held, rules } = await open(t, { targets: [falco.target] });
    const code = 'queue_full';
    for (let n = 0; n < 3; n += 1) {
      held.refusals.push({ outcome: 'refused', code, message: '', retryAfterMs: 1 });
    }
    const names = Array.from({ length: 300 }, (_, at) => `R${at}`);
    falco.raise(...names.map((name) => falcoAlert(name)));
    assert.deepEqual(await rules(300), names);
    assert.equal(held.refusals.length, 0);
  });

  test('a hub that takes nothing reads no more than it can hold', async (t) => {
    const falco = await startFalco(t);
    const { held, inputs, rules, lost } = await open(t, { targets: [falco.target] });
    held.hold();
    falco.raise(falcoAlert('A'));
    await eventually('it is offered', () => held.calls.length > 0, WAIT_MS);
    const text = 'x'.repeat(1_000_000);
    for (let n = 0; n < 12; n += 1) {
      falco.raise(falcoAlert(`R${n}`, { output: text }));
      await eventually('read, or left with Falco', () => falco.queued() === 0 || n > 8, WAIT_MS);
    }
    assert.ok(falco.queued() > 0, 'Falco keeps what is not asked for');
    held.release();
    assert.equal((await rules(13)).length, 13);
    await inputs.close(1000);
    assert.deepEqual(lost, []);
  });

  test('what was read is stored when the hub stops, and what cannot be is counted', async (t) => {
    const falco = await startFalco(t);
    const { held, inputs, lost } = await open(t, { targets: [falco.target] });
    const refused = { outcome: 'refused', code: 'queue_full', message: '', retryAfterMs: 60_000 };
    held.refusals.push(refused as (typeof held.refusals)[number]);
    falco.raise(falcoAlert('A'), falcoAlert('B'));
    await eventually('it is refused', () => held.refusals.length === 0, WAIT_MS);
    await inputs.close(10);
    assert.deepEqual(lost, [2]);
    await eventually('the stream is closed', () => falco.clients() === 0, WAIT_MS);
  });

  test('a bad alert does not keep the others', async (t) => {
    const falco = await startFalco(t);
    const { held, rules, rejected } = await open(t, { targets: [falco.target] });
    held.itemOf = (document) =>
      (document as { rule: string }).rule === ''
        ? { outcome: 'rejected', code: 'rule_missing', message: '' }
        : { outcome: 'accepted', uuid: '' };
    falco.raise(falcoAlert('A'), falcoAlert(''), falcoAlert('B'));
    await rules(3);
    await eventually('counted', () => rejected.length === 1, WAIT_MS);
    assert.deepEqual(rejected, ['rule_missing']);
  });
});

function filesOf({ certFile, keyFile }: { certFile: string; keyFile: string }) {
  return { certFile, keyFile };
}
