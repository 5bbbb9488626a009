import { postContract } from '../../test/contract/post-contract.ts';
import nodered from './index.ts';

postContract(nodered, {
  settings: (origin) => ({
    url: `${origin}/planted-path`,
    username: 'hub',
    password: 'planted-password',
    headers: { 'X-Flow': 'planted-header' },
  }),
  path: '/planted-path',
  headers: {
    authorization: `Basic ${Buffer.from('hub:planted-password').toString('base64')}`,
    'x-flow': 'planted-header',
  },
});
