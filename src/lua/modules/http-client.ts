import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import tls, { type SecureContext } from 'node:tls';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_REDIRECTS = 20;

/** A request of a script. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
}

/** The response; header names in lower case, of repeated ones the last. */
export interface HttpResponse {
  readonly body: Uint8Array;
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

const parse = (url: string, base?: URL): URL => {
  let parsed: URL;
  try {
    parsed = new URL(url, base);
  } catch {
    throw new Error(`not a URL: ${url}`);
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new Error(`not an http or https URL: ${url}`);
  return parsed;
};

const problemText = (error: NodeJS.ErrnoException, url: URL): string => {
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot resolve ${url.hostname}`;
    case 'ECONNREFUSED':
      return `connection to ${url.host} refused`;
    case 'ECONNRESET':
      return `connection to ${url.host} reset: ${error.message}`;
    default:
      return error.code?.startsWith('HPE_')
        ? `malformed answer from ${url.host}: ${error.message}`
        : error.message || String(error.code);
  }
};

const collect = (response: IncomingMessage): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    response.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_BYTES) {
        reject(new Error(`the answer is larger than ${MAX_BYTES / 1024 / 1024} MiB`));
        response.destroy();
      } else parts.push(part);
    });
    response.on('end', () => resolve(new Uint8Array(Buffer.concat(parts))));
    response.on('aborted', () => reject(new Error('the connection ended before the answer was complete')));
    response.on('error', reject);
  });

const headersOf = (response: IncomingMessage): Map<string, string> => {
  const headers = new Map<string, string>();
  const raw = response.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) headers.set(raw[i]!.toLowerCase(), raw[i + 1]!);
  return headers;
};

/** Files with the certificates of a system, the more common first. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

const systemCertificates = (): readonly string[] | string | undefined => {
  const named = process.env.SSL_CERT_FILE;
  if (named !== undefined && existsSync(named)) return readFileSync(named, 'utf8');
  const { getCACertificates } = tls as { getCACertificates?: (which: 'system') => string[] };
  if (getCACertificates !== undefined) {
    const roots = getCACertificates('system');
    if (roots.length > 0) return roots;
  }
  const bundle = BUNDLES.find((path) => existsSync(path));
  return bundle === undefined ? undefined : readFileSync(bundle, 'utf8');
};

let context: SecureContext | undefined;

/** TLS with the system's certificates: SSL_CERT_FILE, those Node.js finds, or the usual files; else Node's own. Made once. */
const systemContext = (): SecureContext => {
  if (context === undefined) {
    const roots = systemCertificates();
    context = tls.createSecureContext(roots === undefined ? {} : { ca: roots as string | string[] });
  }
  return context;
};

const sendOnce = (url: URL, request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of request.headers) headers[name] = value;
    const has = (name: string): boolean => request.headers.some(([n]) => n.toLowerCase() === name);
    if (!has('user-agent')) headers['User-Agent'] = 'whenever';
    if (!has('accept')) headers.Accept = '*/*';
    if (request.body !== undefined && !has('content-length') && !has('transfer-encoding'))
      headers['Content-Length'] = String(request.body.length);
    const options = { method: request.method, headers, signal, agent: false as const };
    const sent = secure
      ? https.request(url, { ...options, secureContext: systemContext() } as https.RequestOptions)
      : http.request(url, options);
    sent.on('response', resolve);
    sent.on('error', (error: NodeJS.ErrnoException) => reject(new Error(problemText(error, url))));
    sent.end(request.body);
  });

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Returns the request after a redirect: other hosts get no credentials, and 301 to 303 turn a POST into a GET. */
const redirected = (request: HttpRequest, status: number, from: URL, to: URL): HttpRequest => {
  let { method, body, headers } = request;
  if (status === 303 || (method === 'POST' && (status === 301 || status === 302))) {
    method = 'GET';
    body = undefined;
    headers = headers.filter(([n]) => !/^(content-|transfer-encoding$)/i.test(n));
  }
  if (from.origin !== to.origin)
    headers = headers.filter(([n]) => !/^(authorization|cookie|proxy-authorization|host)$/i.test(n));
  return { ...request, method, body, headers };
};

/** Sends a request and follows redirects; `signal` cancels. @throws Error with what failed. */
export const sendHttpRequest = async (first: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
  let request = first;
  let url = parse(request.url);
  const late = AbortSignal.timeout(TIMEOUT_MS);
  const both = AbortSignal.any([signal, late]);
  try {
    for (let hops = 0; ; hops++) {
      const response = await sendOnce(url, request, both);
      const status = response.statusCode ?? 0;
      const headers = headersOf(response);
      const location = headers.get('location');
      if (!REDIRECTS.has(status) || location === undefined) return { body: await collect(response), status, headers };
      response.resume();
      if (hops >= MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects`);
      const next = parse(location, url);
      request = redirected(request, status, url, next);
      url = next;
    }
  } catch (error) {
    if (late.aborted) throw new Error(`no complete answer from ${url.host} within ${TIMEOUT_MS / 1000} s`);
    throw error;
  }
};
