import { VERSION } from '../version.ts';
import type { Finding } from './check-text.ts';
import { FINDINGS, type FindingId } from './findings.ts';

const ids = Object.keys(FINDINGS) as readonly FindingId[];

/** A path as a URI: relative paths stay relative. What stands before a colon would be a scheme. */
const uriOf = (file: string): string => {
  const drive = /^[A-Za-z]:[\\/]/.test(file);
  const path = drive ? `file:///${file.replaceAll('\\', '/')}` : file.replace(/^(?=[^/]*:)/, './');
  return encodeURI(path).replaceAll('#', '%23').replaceAll('?', '%3F');
};

const result = ({ id, level, file, line, column, item, message, help }: Finding) => ({
  ruleId: id,
  ruleIndex: ids.indexOf(id),
  level,
  message: { text: `${item === undefined ? '' : `${item}: `}${message}${help === undefined ? '' : `\n${help}`}` },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(file) },
        ...(line === undefined ? {} : { region: { startLine: line, startColumn: column } }),
      },
      ...(item === undefined ? {} : { logicalLocations: [{ name: item }] }),
    },
  ],
});

/** The findings in the format SARIF 2.1.0 of OASIS, which editors and code hosts read. */
export const sarif = (findings: readonly Finding[]): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'whenever',
          version: VERSION,
          rules: ids.map((id) => ({
            id,
            shortDescription: { text: FINDINGS[id].doc },
            defaultConfiguration: { level: FINDINGS[id].level },
          })),
        },
      },
      columnKind: 'utf16CodeUnits',
      results: findings.map(result),
    },
  ],
});
