import assert from 'node:assert/strict';
import type { AttachmentsMessage } from '../../src/output/attachments.ts';

/** Checks a message in Slack's attachment form; returns how many alerts it shows. */
export function attachmentsIn({ text = '', attachments }: AttachmentsMessage): number {
  assert.ok(text.length <= 4000);
  for (const attachment of attachments ?? []) {
    assert.match(attachment.color, /^#[0-9a-f]{6}$/);
    assert.ok(attachment.fallback.length <= 1000);
    assert.ok((attachment.text ?? '').length <= 4000);
    for (const { title, value, short } of attachment.fields ?? []) {
      assert.ok(title.length <= 200 && value.length <= 2000 && typeof short === 'boolean');
    }
  }
  return attachments?.length ?? 0;
}
