import type { IncomingMessage } from 'node:http';

/** Why a request is refused, as its status and words. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The names under which the server is reached. Another one is that of a page that has had its name led here. */
const HOSTS = ['127.0.0.1', 'localhost', '[::1]'] as const;

/** A path of the tables: no empty part, no dots that lead elsewhere, nothing that is encoded. */
const PATH = /^\/(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?:\/[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)*)?$/i;

/** Longest path with its query. */
const LONGEST_TARGET = 8192;

/** The path and the query of a request. @throws RequestError for what is not a path of this server */
export const targetOf = ({ url = '' }: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } => {
  if (url.length > LONGEST_TARGET) throw new RequestError(414, 'the address is too long');
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (!PATH.test(path)) throw new RequestError(400, 'this is not a path of this server');
  return { path, query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)) };
};

/** @throws RequestError when the name of the server is another one: a page of another site may have led its name here */
export const checkHost = ({ headers: { host } }: IncomingMessage, port: number): void => {
  if (!HOSTS.some((name) => host === `${name}:${port}` || (port === 80 && host === name)))
    throw new RequestError(403, `this server is at http://127.0.0.1:${port}/ only`);
};

const FOREIGN = 'a page of another site cannot ask this server';

/** @throws RequestError when the browser says that a page of another site asks */
export const checkSite = ({ headers }: IncomingMessage): void => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new RequestError(403, FOREIGN);
};

/** @throws RequestError when what changes something, or stays open, does not come from the page */
export const checkOrigin = (request: IncomingMessage): void => {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== `http://${host}` || (site !== undefined && site !== 'same-origin'))
    throw new RequestError(403, FOREIGN);
};
