import { postContract } from '../../test/contract/post-contract.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';
import cloudrun from './index.ts';

const google = await startGoogleAccount();

postContract(cloudrun, {
  variant: 'with a token of its own',
  settings: (url) => ({ url: `${url}/alerts`, credentials: google.key }),
  path: '/alerts',
  headers: { authorization: `Bearer ${google.accessToken}` },
});

postContract(cloudrun, {
  variant: 'with a given token',
  settings: (url) => ({ url: `${url}/alerts`, token: 'planted-token' }),
  path: '/alerts',
  headers: { authorization: 'Bearer planted-token' },
});
