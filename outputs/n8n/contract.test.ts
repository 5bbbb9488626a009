import { postContract } from '../../test/contract/post-contract.ts';
import n8n from './index.ts';

for (const [variant, own, headers] of [
  [
    'basic',
    { username: 'hub', password: 'planted-password' },
    { authorization: `Basic ${Buffer.from('hub:planted-password').toString('base64')}` },
  ],
  [
    'header',
    { headerName: 'X-Api-Key', headerValue: 'planted-key' },
    { 'x-api-key': 'planted-key' },
  ],
] as const) {
  postContract(n8n, {
    variant,
    settings: (origin) => ({ url: `${origin}/webhook/planted-id`, ...own }),
    path: '/webhook/planted-id',
    headers,
    answer: { status: 200, body: '{"message":"Workflow was started"}' },
  });
}
