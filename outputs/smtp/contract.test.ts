import assert from 'node:assert/strict';
import type { Delivery } from '../../src/output/define.ts';
import { mostSevereFirst, oneLine } from '../../src/output/format.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { headerOf, parseMail, shownText } from '../../test/support/mail.ts';
import { openSmtp } from '../../test/support/smtp-output.ts';
import { type ReceivedMail, startSmtpServer } from '../../test/support/smtp-server.ts';

connectionContract('smtp', {
  async connect(t) {
    const server = await startSmtpServer(t);
    const { connection } = await openSmtp(t, { host: `127.0.0.1:${server.port}` });
    return {
      connection,
      check(deliveries) {
        const batches: Delivery[][] = [];
        for (let from = 0; from < deliveries.length; from += 40) {
          batches.push(deliveries.slice(from, from + 40));
        }
        assert.equal(server.mails.length, batches.length);
        server.mails.forEach((mail, n) => checkMail(mail, batches[n] as Delivery[]));
      },
    };
  },
  async connectToHung(t) {
    const server = await startSmtpServer(t);
    server.answer = () => 'hang';
    const { connection } = await openSmtp(t, { host: `127.0.0.1:${server.port}` });
    return connection;
  },
});

const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
];

const MARKUP =
  /^<(?:!DOCTYPE html|\/?(?:html|head|meta|body|p|br|table|tr|td|strong))(?: [a-z-]+="[^"<>]*")*>$/;

function checkMail({ data, to }: ReceivedMail, batch: readonly Delivery[]): void {
  assert.deepEqual(to, ['soc@example.org']);
  assert.ok(data.split('\r\n').every((line) => line.length <= 998 && !/[\r\n]/.test(line)));
  const mail = parseMail(data);
  assert.deepEqual([...mail.headers.keys()].toSorted(), HEADERS);
  assert.ok([...mail.headers.values()].every((values) => values.length === 1));

  const [heading = ''] = mail.text.split('\n', 1);
  const [, shown = '', more = '0'] = /^(\d+) alerts?(?:, and (\d+) more: .*)?$/.exec(heading) ?? [];
  assert.equal(Number(shown) + Number(more), batch.length, heading);
  const sorted = mostSevereFirst(batch).slice(0, Number(shown));
  const html = shownText(mail.html ?? '');
  for (const { alert } of sorted) {
    assert.ok(mail.text.includes(`\nOutput: ${oneLine(alert.output)}\n`));
    assert.ok(mail.text.includes(`\nUuid: ${alert.uuid}\n`));
    assert.ok(html.includes(`\nOutput\t${oneLine(alert.output)}\t\n`));
  }
  // Whatever stands in an alert, its structure is that of one alert.
  assert.equal(mail.text.match(/^--Fields--$/gm)?.length, sorted.length);
  assert.doesNotMatch(mail.text.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  for (const [tag] of (mail.html ?? '').matchAll(/<[^>]*>/g)) assert.match(tag, MARKUP);
  assert.doesNotMatch(headerOf(mail, 'subject'), /[\p{Cc}\p{Bidi_Control}]/u);
}
