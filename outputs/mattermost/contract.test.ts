import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import { attachmentsIn } from '../../test/support/attachments.ts';
import mattermost from './index.ts';
import type { MattermostMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/hooks/planted-path-secret`,
  messageFormat: '{{ .Rule }} on {{ .Hostname }}',
});

chatContract<MattermostMessage>(mattermost, {
  settings,
  request: 'POST /hooks/planted-path-secret',
  answer: { status: 200, body: 'ok' },
  lookalikes: [{ status: 200 }, { status: 200, body: '{"ok":true}' }, { status: 204 }],
  bytesMax: 120_000,
  check: attachmentsIn,
});

const said = (id: string, status: number) => ({ id, message: 'Error', status_code: status });

answersMean(mattermost, settings, [
  [400, said('web.incoming_webhook.invalid.app_error', 400), 'retry/client'],
  [400, said('web.incoming_webhook.channel_locked.app_error', 400), 'retry/client'],
  [400, said('web.incoming_webhook.text.app_error', 400), 'reject/payload'],
  [400, said('api.post.create_post.can_not_post_to_deleted.error', 400), 'retry/client'],
  [404, said('web.incoming_webhook.channel.app_error', 404), 'retry/client'],
  [403, said('web.incoming_webhook.permissions.app_error', 403), 'retry/auth'],
  [501, said('web.incoming_webhook.disabled.app_error', 501), 'retry/server'],
]);
