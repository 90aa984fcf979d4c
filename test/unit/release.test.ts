import { describe, expect, test } from 'vitest';
// @ts-expect-error a script without types
import { releaseNotes } from '../../scripts/release.mjs';

const files = (version: string, changelog: string) => ({
  package: JSON.stringify({ version }),
  lock: JSON.stringify({ version }),
  changelog: `# Changelog\n\n## [Unreleased]\n\n${changelog}\n\n## [1.9.0] - 2026-01-01\n\n- old\n`,
});

describe('the notes of a release', () => {
  test('They are the section of the version, where the tag and all files agree.', () => {
    const changelog = '## [2.1.0] - 2026-12-01\n\n### Added\n\n- a new thing';
    expect(releaseNotes('v2.1.0', files('2.1.0', changelog))).toBe('### Added\n\n- a new thing\n');
  });

  test('Everything that does not agree is named at once.', () => {
    expect(() => releaseNotes('v2.2.0', files('2.1.0', '- a new thing'))).toThrow(
      [
        'package.json has version 2.1.0, the tag is v2.2.0',
        'package-lock.json has version 2.1.0, the tag is v2.2.0',
        'CHANGELOG.md has no section [2.2.0]',
        'CHANGELOG.md has changes under [Unreleased]',
      ].join('\n'),
    );
  });

  test('A section without a date and a tag that is not a version are refused.', () => {
    expect(() => releaseNotes('v2.1.0', files('2.1.0', '## [2.1.0]\n\n- a'))).toThrow(/has no date/);
    expect(() => releaseNotes('2.1.0', files('2.1.0', '## [2.1.0] - 2026-12-01\n\n- a'))).toThrow(
      /expected v and a version/,
    );
  });
});
