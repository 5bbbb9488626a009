import { functionContract } from '../../test/contract/function-contract.ts';
import openfaas from './index.ts';

functionContract(openfaas, {
  settings: { function: 'react' },
  path: '/api/v1/namespaces/openfaas/services/gateway:8080/proxy/function/react.openfaas-fn',
  sidekick: { functionname: 'react' },
});
