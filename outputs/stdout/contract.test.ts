import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { ndjson } from '../../src/output/format.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { openStream } from './index.ts';

connectionContract('stdout', {
  async connect() {
    const stream = new PassThrough();
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return {
      connection: openStream(stream, 'json'),
      check: (deliveries) => assert.ok(text === ndjson(deliveries)),
    };
  },
  async connectToHung() {
    return openStream(new Writable({ write() {} }), 'json');
  },
});
