// node scripts/release.mjs TAG: checks that the tag, package.json, package-lock.json and CHANGELOG.md name the same version,
// and prints the changes of this version, as the notes of the release.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The notes of a release.
 * @param files the texts of package.json, package-lock.json and CHANGELOG.md
 * @throws Error with everything that does not agree.
 */
export const releaseNotes = (tag, files) => {
  const version = tag.replace(/^v/, '');
  const problems = [];
  if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag))
    problems.push(`the tag is "${tag}", expected v and a version, as v2.0.0`);
  for (const [name, text] of [
    ['package.json', files.package],
    ['package-lock.json', files.lock],
  ]) {
    const found = JSON.parse(text).version;
    if (found !== version) problems.push(`${name} has version ${found}, the tag is ${tag}`);
  }
  const sections = files.changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) problems.push(`CHANGELOG.md has no section [${version}]`);
  else if (!/^## \[[^\]]+\] - \d{4}-\d{2}-\d{2}$/m.test(section.split('\n')[0]))
    problems.push(`the section [${version}] of CHANGELOG.md has no date`);
  const unreleased = sections.find((text) => text.startsWith('## [Unreleased]'));
  if (/^- /m.test(unreleased ?? '')) problems.push('CHANGELOG.md has changes under [Unreleased]');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return `${section.split('\n').slice(1).join('\n').trim()}\n`;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => readFileSync(join(resolve(import.meta.dirname, '..'), name), 'utf8');
  const files = { package: read('package.json'), lock: read('package-lock.json'), changelog: read('CHANGELOG.md') };
  try {
    process.stdout.write(releaseNotes(process.argv[2] ?? '', files));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
