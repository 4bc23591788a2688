import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { storeContract } from '../../../contracts/store.ts';
import { temporaryFolder } from './temporary-folder.ts';

storeContract('the store in LevelDB', async (t) => new LevelStore({ path: await temporaryFolder(t) }));
