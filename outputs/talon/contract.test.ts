import { postContract } from '../../test/contract/post-contract.ts';
import talon from './index.ts';

postContract(talon, { settings: (url) => ({ url: `${url}/in` }), path: '/in' });
