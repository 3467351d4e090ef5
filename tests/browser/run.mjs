// Drives a running demonstration in a real browser: journeys first, then every state of every page.
// node run.mjs DEMO.JSON [FOLDER FOR SCREENSHOTS]

import { mkdir } from 'node:fs/promises';
import { open } from './world.mjs';
import { journeys } from './journeys.mjs';
import { states } from './states.mjs';
import { audit, auditTitles } from './audit.mjs';

const [summary, screenshots] = process.argv.slice(2);
if (!summary) {
  console.error('usage: node run.mjs DEMO.JSON [FOLDER FOR SCREENSHOTS]');
  process.exit(2);
}
if (screenshots) await mkdir(screenshots, { recursive: true });

const world = await open(summary);
const faults = [];
const picture = (name) => screenshots && `${screenshots}/${name}.png`;

/** Runs `work` on a page in a browser profile of its own; what it throws is a fault, not the end. */
async function attempt(name, options, work) {
  const began = performance.now();
  const visit = await world.visit(options);
  let found;
  try {
    found = (await work(visit)) ?? [];
  } catch (error) {
    found = [`${error.message.split('\n    at ')[0]}\n  at ${visit.page.url()}`];
    if (screenshots) await visit.page.screenshot({ path: picture(`failed-${name}`) }).catch(() => {});
  }
  await visit.close();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${found.length ? 'FAILED' : 'ok'} ${name} (${seconds} s)`);
  faults.push(...found.map((fault) => `${name}: ${fault}`));
}

for (const [name, { options, walk }] of Object.entries(journeys)) {
  await attempt(name.replaceAll(' ', '-'), options, async (visit) => walk(visit, world));
}

const titles = [];
for (const [name, state] of Object.entries(states)) {
  await attempt(name, {}, async (visit) => {
    await state.reach(visit, world);
    titles.push({ name, of: state.of ?? name, title: await visit.page.title() });
    return audit(visit, state, (width) => picture(`${name}-${width}`));
  });
}
faults.push(...auditTitles(titles));

await world.close();
if (faults.length) {
  console.error(`\n${faults.length} faults\n\n${faults.join('\n\n')}`);
  process.exit(1);
}
console.log(`\n${Object.keys(journeys).length} journeys and ${titles.length} page states: no fault`);
