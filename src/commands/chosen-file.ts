import { defaultFile, isMissing } from '../adapters/default-file.ts';
import { UsageError } from './subcommand.ts';

/** The file of the command line, or else the one that is read when none is named. @throws UsageError when there is none */
export const chosenFile = (given?: string): string => {
  const file = given ?? defaultFile();
  if (given === undefined && isMissing(file))
    throw new UsageError(`expected a configuration file: there is none at ${file}, where 'whenever init' writes one`);
  return file;
};
