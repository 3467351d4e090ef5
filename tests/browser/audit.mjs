// What must hold of every page at every width: WCAG by axe-core, valid HTML, one column at 320 px,
// one h1, the language, and a first focus that is seen.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';

const WIDTHS = [1280, 320];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const require = createRequire(import.meta.url);
const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
const locale = JSON.parse(await readFile(require.resolve('axe-core/locales/fr.json'), 'utf8'));
// Checkboxes of one question share its name.
const SHARED = ['radio', 'checkbox', 'button', 'submit', 'reset'];
const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: { 'form-dup-name': ['error', { shared: SHARED }] },
});

/** The faults of the page that `visit` shows. */
export async function audit(visit, state, picture) {
  const { page } = visit;
  const faults = [];
  const status = visit.answer.status();
  if (status !== (state.status ?? 200)) faults.push(`answered ${status}`);
  faults.push(...(await validate(await visit.answer.text())));
  faults.push(...(await structure(page)), ...(await firstFocus(page)));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const found = [...(await accessibility(page)), ...(await overflow(page))];
    faults.push(...found.map((fault) => `at ${width} px: ${fault}`));
    if (picture(width)) await page.screenshot({ path: picture(width), fullPage: true });
  }
  return faults;
}

/** Two pages of one title cannot be told apart in a row of tabs. */
export function auditTitles(titles) {
  return titles.flatMap(({ name, of, title }, index) => {
    const twin = titles.slice(0, index).find((other) => other.title === title && other.of !== of);
    return twin ? [`${name}: has the title of ${twin.name}, « ${title} »`] : [];
  });
}

async function accessibility(page) {
  // Not `addScriptTag`: our pages allow no script.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    async ([locale, tags]) => {
      window.axe.configure({ locale });
      return window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
    },
    [locale, TAGS],
  );
  return violations.map(({ id, help, nodes }) => {
    const where = nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`);
    return `axe ${id}: ${help}\n  ${where.join('\n  ').replaceAll('\n\n', '\n')}`;
  });
}

async function validate(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `html ${line}:${column} ${ruleId}: ${message}`),
  );
}

async function structure(page) {
  const { headings, language, title } = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    language: document.documentElement.lang,
    title: document.title.trim(),
  }));
  const faults = [];
  if (headings !== 1) faults.push(`has ${headings} h1`);
  if (language !== 'fr') faults.push(`is in the language « ${language} »`);
  if (!title) faults.push('has no title');
  return faults;
}

async function overflow(page) {
  const found = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return undefined;
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className}`);
    return `scrolls sideways (${scrollWidth} in ${clientWidth}): ${wide.slice(0, 5).join(', ')}`;
  });
  return found ? [found] : [];
}

/** What has the focus, and whether it shows. */
const focus = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const { top, left, bottom, width, height } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const inside = top >= 0 && left >= 0 && bottom <= innerHeight && width > 1 && height > 1;
    const marked = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    return {
      skip: element.matches('a[href="#contenu"]'),
      autofocus: element.hasAttribute('autofocus'),
      seen: inside && marked,
      name: element.outerHTML.slice(0, 80),
    };
  });

async function firstFocus(page) {
  const faults = [];
  const first = await focus(page);
  if (first.autofocus && !first.seen) faults.push(`the focus is not seen on ${first.name}`);
  // From a focus of the page's own choice the skip link is behind.
  const key = first.autofocus ? 'Shift+Tab' : 'Tab';
  let reached;
  for (let turn = 0; turn < 30 && !reached?.skip; turn += 1) {
    await page.keyboard.press(key);
    reached = await focus(page);
    if (!reached.seen) faults.push(`the focus is not seen on ${reached.name}`);
    if (!first.autofocus) break;
  }
  if (!reached.skip) return [...faults, `the first focus is not the skip link but ${reached.name}`];
  await page.keyboard.press('Enter');
  const target = await page.evaluate(() => document.activeElement.id);
  if (target !== 'contenu') faults.push('the skip link does not lead to the content');
  return faults;
}
