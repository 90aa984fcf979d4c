// parse FILE: reads and parses a TOML file, nothing else.
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';

const root = parse(readFileSync(process.argv[2], 'utf8'), { integersAsBigInt: true });
const residentMiB = process.resourceUsage().maxRSS / 1024;
console.error(JSON.stringify({ residentMiB, sections: Object.keys(root).length }));
