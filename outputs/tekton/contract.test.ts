import { postContract } from '../../test/contract/post-contract.ts';
import tekton from './index.ts';

postContract(tekton, {
  settings: (url) => ({ url }),
  path: '/',
  answer: {
    status: 202,
    body: '{"eventListener":"falco","namespace":"falco","eventListenerUID":"u","eventID":"e"}',
  },
});
