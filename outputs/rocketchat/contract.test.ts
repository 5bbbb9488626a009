import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import { waitsAsTold } from '../../test/contract/rate-limit.ts';
import { attachmentsIn } from '../../test/support/attachments.ts';
import rocketchat from './index.ts';
import type { RocketchatMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/hooks/planted-id/planted-token`,
  messageFormat: '{{ .Output }}',
});

chatContract<RocketchatMessage>(rocketchat, {
  settings,
  request: 'POST /hooks/planted-id/planted-token',
  answer: { status: 200, body: '{"success":true}' },
  lookalikes: [{ status: 200 }, { status: 200, body: '{"success":false}' }, { status: 204 }],
  bytesMax: 120_000,
  check: attachmentsIn,
});

answersMean(rocketchat, settings, [
  [400, { success: false, error: 'invalid-channel' }, 'retry/client'],
  [400, { success: false, error: 'Invalid integration id or token provided.' }, 'retry/client'],
  [
    400,
    { error: 'overriding destination channel is disabled for this integration' },
    'retry/client',
  ],
  [400, { error: "You can't send messages because the room is readonly." }, 'retry/client'],
  [400, { error: 'You_have_been_muted' }, 'retry/client'],
  [400, { success: false, error: 'body-param-required' }, 'reject/payload'],
  [503, { success: false, error: 'Service Unavailable' }, 'retry/server'],
  [401, { success: false }, 'retry/auth'],
  [
    429,
    { success: false, error: 'You must wait 42 seconds before trying this endpoint again.' },
    'retry/rateLimited',
  ],
]);

waitsAsTold(rocketchat, settings, { error: 'You must wait 42 seconds before trying' }, 42_000);
