import assert from 'node:assert/strict';
import test from 'node:test';
import type { OutputDefinition } from '../../src/output/define.ts';
import { loadSidekick } from '../support/load-sidekick.ts';
import { serviceTokenFile } from '../support/service-token.ts';
import { attempt, httpClient, settingsOf, verdictOf } from './attempt.ts';
import { alertWith, deliveryOf } from './alerts.ts';
import { postContract } from './post-contract.ts';

/** What the contract must know about an output that calls a function in a cluster. */
export interface FunctionProbe {
  readonly settings: object;
  /** Where the API server is asked. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Falcosidekick's keys that mean `settings`. */
  readonly sidekick: object;
}

/** Declares the tests that such an output must pass; called from `contract.test.ts` beside it. */
export function functionContract(
  definition: OutputDefinition,
  { settings, path, headers = {}, sidekick }: FunctionProbe,
): void {
  const { id } = definition;
  const tokenFile = serviceTokenFile();
  postContract(definition, {
    settings: (apiServer) => ({ ...settings, apiServer, tokenFile }),
    path,
    headers: { authorization: 'Bearer planted-service-token', ...headers },
  });

  test(`${id}: without a token the alerts wait`, async (t) => {
    const raw = { ...settings, apiServer: 'https://127.0.0.1:1', tokenFile: '/nowhere' };
    const context = { settings: settingsOf(definition, raw), http: httpClient(t) };
    const result = await attempt(definition, context, [deliveryOf(alertWith())]);
    assert.equal(verdictOf(result), 'retry/auth');
    assert.match(JSON.stringify(result), /tokenFile cannot be read \(ENOENT\)/);
  });

  test(`${id}: every key of Falcosidekick finds its setting`, async () => {
    const migrated = await loadSidekick({ [id]: { ...sidekick, kubeconfig: '/k' } });
    const apiServer = 'https://kubernetes.default.svc';
    assert.partialDeepStrictEqual(migrated.settings, { ...settings, apiServer });
    assert.match(String((migrated.common['tls'] as { caFile?: string }).caFile), /ca\.crt$/);
    assert.match(migrated.warnings.join('\n'), /^is not read|kubeconfig.*is not read/);
    const plain = await loadSidekick({ [id]: sidekick });
    assert.deepEqual(plain.warnings, []);
    assert.equal(plain.settings?.['apiServer'], undefined);
  });
}
