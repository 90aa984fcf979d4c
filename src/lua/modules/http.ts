import type { TraceVariables } from '../../core/ports.ts';
import * as lua from '../lua-api.ts';
import { decodeText, pushOwned, pushText } from '../lua-values.ts';
import { runOf } from '../script-scheduler.ts';
import { suspend } from '../yielding.ts';
import type { HttpResponse } from './http-client.ts';

type Headers = readonly (readonly [string, string])[];

const headersAt = (L: lua.State, arg: number): Headers => {
  if (lua.isnoneornil(L, arg)) return [];
  if (lua.type(L, arg) !== lua.TTABLE) return lua.raise(L, 'invalid parameter: headers must be a table');
  const headers: (readonly [string, string])[] = [];
  lua.pushnil(L);
  while (lua.next(L, arg) !== 0) {
    const value = decodeText(lua.tostring(L, -1));
    lua.pop(L, 1);
    const name = decodeText(lua.tostring(L, -2));
    lua.pop(L, 1);
    headers.push([name, value]);
    lua.pop(L, 1);
  }
  return headers;
};

const pushResponse = (L: lua.State, { body, status, headers }: HttpResponse): number => {
  pushOwned(L, body);
  lua.pushinteger(L, status);
  lua.createtable(L, 0, headers.size);
  for (const [name, value] of headers) {
    pushText(L, name);
    pushText(L, value);
    lua.rawset(L, -3);
  }
  return 3;
};

/** The headers with those of the trace, except for those that the script sets. */
export const withTrace = (headers: Headers, trace: TraceVariables | undefined): Headers => [
  ...headers,
  ...Object.entries(trace ?? {}).flatMap(([variable, value]) => {
    const header = variable.toLowerCase();
    return headers.some(([name]) => name.toLowerCase() === header) ? [] : [[header, value] as const];
  }),
];

const request =
  (method: 'GET' | 'POST') =>
  (L: lua.State): number => {
    const url = decodeText(lua.checkstring(L, 1));
    const headers = withTrace(headersAt(L, method === 'GET' ? 2 : 3), runOf(L).job.trace);
    let body: Uint8Array | undefined;
    if (method === 'POST') {
      body = lua.isnoneornil(L, 2) ? new Uint8Array(0) : lua.tostring(L, 2).slice();
    }
    return suspend(L, (done) => {
      runOf(L).markEffect();
      const cancel = new AbortController();
      // The client is loaded with the first request of a script.
      import('./http-client.ts')
        .then(({ sendHttpRequest }) => sendHttpRequest({ method, url, headers, body }, cancel.signal))
        .then(
          (response) => done((to) => pushResponse(to, response)),
          (error: Error) => done((to) => lua.raise(to, `error within HTTP request: ${error.message}`)),
        );
      return () => cancel.abort();
    });
  };

/** The `http` module: `get (url [, headers])` and `post (url [, body [, headers]])` return body, status and headers. */
export const httpFunctions = { get: request('GET'), post: request('POST') };
