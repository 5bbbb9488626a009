import assert from 'node:assert/strict';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { startBroker } from '../../test/support/kafka-broker.ts';
import { openKafka } from '../../test/support/kafka-output.ts';

connectionContract('kafka', {
  async connect(t) {
    const broker = await startBroker(t);
    return {
      connection: await openKafka(t, { brokers: [broker.address], plaintext: true }),
      check(deliveries) {
        const sent = deliveries.map(({ json }) => json);
        assert.ok(broker.taken.map(({ value }) => value).join('\n') === sent.join('\n'));
        // Consumers copy headers into places where a line break means something.
        const headers = broker.taken.flatMap((record) => Object.values(record.headers));
        assert.ok(headers.every((text) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text)));
      },
    };
  },
  async connectToHung(t) {
    const broker = await startBroker(t);
    broker.isHung = true;
    return openKafka(t, { brokers: [broker.address], plaintext: true });
  },
});
