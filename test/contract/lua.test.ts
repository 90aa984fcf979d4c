import { realLua } from '../support/lua-worker.ts';
import { luaContract } from './lua.contract.ts';

luaContract('the Lua host', realLua);
