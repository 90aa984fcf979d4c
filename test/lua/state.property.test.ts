import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

const key = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/);
const string = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((s) => Buffer.from(s)),
);
const value = fc.oneof(
  fc.boolean(),
  fc.integer().map(BigInt),
  fc.double(),
  string.map((s) => new Uint8Array(s)),
);
type Value = boolean | bigint | number | Uint8Array;

/** The value as a Lua expression that makes exactly it. */
const literal = (v: Value): string => {
  if (typeof v === 'boolean') return String(v);
  if (typeof v === 'bigint') return v === -2147483648n ? 'math.mininteger' : String(v);
  if (v instanceof Uint8Array) return `"${[...v].map((b) => `\\${String(b).padStart(3, '0')}`).join('')}"`;
  if (Number.isNaN(v)) return '(0 / 0)';
  if (!Number.isFinite(v)) return v > 0 ? 'math.huge' : '-math.huge';
  const size = Object.is(v, -0) ? '-0.0' : String(v);
  return /[.e]/.test(size) ? size : `${size}.0`;
};

const CHECK = `
local function same(a, b)
  if type(a) ~= type(b) or math.type(a) ~= math.type(b) then return false end
  if a ~= a then return b ~= b end
  return a == b and (a ~= 0 or math.type(a) == "integer" or 1 / a == 1 / b)
end
local function compare(found, wanted)
  for k, v in pairs(wanted) do assert(same(found[k], v), k) end
  for k in pairs(found) do assert(wanted[k] ~= nil, k) end
end
`;

describe('a table of booleans, numbers and strings', () => {
  let lua: Lua;
  beforeAll(async () => {
    lua = await realLua();
  });
  afterAll(() => lua.close());
  it('survives the private state and a shared state unchanged', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 8 }), async (table) => {
        const made = `{ ${Object.entries(table)
          .map(([k, v]) => `["${k}"] = ${literal(v as Value)}`)
          .join(', ')} }`;
        const saved = await runScript(lua, `state = ${made} sharedstate.save("P", ${made})`, { key: 'p' });
        expect(saved).toMatchObject({ end: { how: 'finished' }, state: { how: 'stored' } });
        const read = await runScript(lua, `${CHECK} compare(state, ${made}) compare(sharedstate.load("P"), ${made})`, {
          key: 'p',
        });
        expect(read.end).toEqual({ how: 'finished', comparisons: [] });
      }),
      { numRuns: 300 },
    );
  });
});
