import { functionContract } from '../../test/contract/function-contract.ts';
import fission from './index.ts';

functionContract(fission, {
  settings: { function: 'react' },
  path: '/api/v1/namespaces/fission/services/router:80/proxy/fission-function/react',
  sidekick: { function: 'react' },
});
