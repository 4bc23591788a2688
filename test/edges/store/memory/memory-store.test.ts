import { MemoryStore } from '../../../../agent/edges/store/memory/memory-store.ts';
import { storeContract } from '../../../contracts/store.ts';

storeContract('the store in memory', async () => new MemoryStore());
