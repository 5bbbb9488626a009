import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson } from '../../src/output/format.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import file from './index.ts';
import type { FileSettings } from './settings.ts';

connectionContract('file', {
  async connect(t) {
    const directory = await mkdtemp(join(tmpdir(), 'tocsin-file-'));
    const path = join(directory, 'alerts.ndjson');
    const settings = settingsOf(file, { path }).values as FileSettings;
    const unused = { http: undefined as never, network: undefined as never };
    const signal = AbortSignal.timeout(60_000);
    const connection = await file.open?.({ settings, signal, ...unused });
    assert.ok(connection);
    t.after(async () => {
      await connection.close();
      await rm(directory, { recursive: true, force: true });
    });
    return {
      connection,
      async check(deliveries) {
        const text = await readFile(path, 'utf8').catch(() => '');
        assert.ok(text === ndjson(deliveries));
      },
    };
  },
});
