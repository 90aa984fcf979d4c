// What it costs that items are in many files instead of one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, fresh, ratioRow, whenever } from './support.mjs';

const FILES = 100;

const items = (i) =>
  `[[task]]\nname = "T${i}"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n[[condition]]\nname = "C${i}"\ntype = "interval"\ninterval_seconds = 60\ntasks = ["T${i}"]\n`;

const check = (file) => () => {
  const began = performance.now();
  execFileSync(process.execPath, [whenever, 'check', file]);
  return performance.now() - began;
};

export default async ({ quick }) => {
  const folder = fresh('');
  mkdirSync(folder);
  const texts = Array.from({ length: FILES }, (_, i) => items(i));
  for (const [i, text] of texts.entries()) writeFileSync(join(folder, `${i}.toml`), text);
  const [one, many] = [fresh('.toml'), fresh('.toml')];
  writeFileSync(one, texts.join(''));
  writeFileSync(many, `include = ["${folder}/*.toml"]\n`);
  const { ours, peer } = await alternate(quick ? 5 : 30, { peer: check(one), ours: check(many) });
  return [
    ratioRow({
      figure: `check of ${FILES} included files, with the start of the process`,
      unit: 'ms',
      ours,
      peerName: 'one file with the same items',
      peer,
      atMost: 1.6,
    }),
  ];
};
