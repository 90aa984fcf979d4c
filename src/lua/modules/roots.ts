import { existsSync, readFileSync } from 'node:fs';
import tls, { type SecureContext } from 'node:tls';

/** Where systems keep their certificates, the more common first. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

const systemRoots = (): readonly string[] | string | undefined => {
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

/** TLS by the system's roots: SSL_CERT_FILE, what Node finds, or the usual files; else the roots Node carries. Made once. */
export const secureContext = (): SecureContext => {
  if (context === undefined) {
    const roots = systemRoots();
    context = tls.createSecureContext(roots === undefined ? {} : { ca: roots as string | string[] });
  }
  return context;
};
