import { type FileValue, isFileValue } from '../../config/value-tables.ts';
import type { GivenFiles } from '../../core/ports.ts';
import { messageOf } from '../../error-message.ts';
import { isSecretName } from '../../redact.ts';
import { runSecrets } from '../../run-secrets.ts';
import { parseEnvironmentFile } from './environment-file.ts';

/** Thrown when a file that a run needs cannot be read. The message says which, and why. */
export class GivenValueError extends Error {}

type Given<T> = Readonly<Record<string, T | FileValue>>;

const readFile = async (path: string, files: GivenFiles | undefined): Promise<string> => {
  if (files === undefined) throw new GivenValueError('no files can be read here');
  try {
    return await files.read(path);
  } catch (error) {
    throw new GivenValueError(messageOf(error));
  }
};

/** The path of a credential, as systemd passes them. */
const credentialPath = (name: string, files: GivenFiles | undefined): string => {
  if (files?.credentials === undefined)
    throw new GivenValueError(`credential "${name}": CREDENTIALS_DIRECTORY is not set`);
  return `${files.credentials}/${name}`;
};

/** Reads the values that are in files; each is a secret from then on. @throws GivenValueError */
export const readFileValues = async <T>(
  values: Given<T>,
  files: GivenFiles | undefined,
): Promise<Readonly<Record<string, T | string>>> => {
  const read: [string, T | string][] = [];
  for (const [name, value] of Object.entries(values)) {
    if (!isFileValue(value)) {
      read.push([name, value]);
      continue;
    }
    const path = 'file' in value ? value.file : credentialPath(value.credential, files);
    const text = (await readFile(path, files)).replace(/\r?\n$/, '');
    if (text.includes('\0')) throw new GivenValueError(`${path}: it has a NUL character, which no variable can hold`);
    runSecrets.add(text);
    read.push([name, text]);
  }
  return Object.fromEntries(read);
};

/** Whether a value of an environment file is a secret: by its name, or because it is not a word, a number or a path. */
const isSecret = (name: string, value: string): boolean =>
  isSecretName(name) ||
  (value.length >= 6 && !/^(?:[/.~]|[\d.,:+-]*$|[a-z][a-z_-]*$|[A-Z][A-Z_-]*$|[A-Z]?[a-z]+(?:[_.-]\w+)*$)/.test(value));

/** Reads environment files, of which the later ones win. `-` before a path: it may be missing. @throws GivenValueError */
export const readEnvironmentFiles = async (
  paths: readonly string[],
  files: GivenFiles | undefined,
): Promise<Readonly<Record<string, string>>> => {
  const variables: Record<string, string> = {};
  for (const written of paths) {
    const optional = written.startsWith('-');
    let text: string;
    try {
      text = await readFile(optional ? written.slice(1) : written, files);
    } catch (error) {
      if (optional) continue;
      throw error;
    }
    for (const [name, value] of Object.entries(parseEnvironmentFile(text))) {
      if (isSecret(name, value)) runSecrets.add(value);
      variables[name] = value;
    }
  }
  return variables;
};
