import { functionContract } from '../../test/contract/function-contract.ts';
import kubeless from './index.ts';

functionContract(kubeless, {
  settings: { namespace: 'falco', function: 'react' },
  path: '/api/v1/namespaces/falco/services/react:8080/proxy/',
  sidekick: { namespace: 'falco', function: 'react' },
  headers: {
    'event-type': 'falco',
    'event-namespace': 'falco',
    'content-type': 'application/json',
  },
});
