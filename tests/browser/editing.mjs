// BIP's « Rédaction »: how a document is written, and every state of its pages.

import assert from 'node:assert/strict';
import { logIn, sendLogin } from './world.mjs';
import { at } from './ways.mjs';

const SHEET = '/redaction/documents/sp-F489';
const by = (path) => at('bip', path, 'corinne');

/** Writes a new sheet, up to its preview. */
async function write(page, world, title) {
  await by('/redaction/nouveau?kind=fiche').reach({ page }, world);
  await page.getByLabel('Titre', { exact: true }).fill(title);
  await page.getByLabel('Texte', { exact: true }).fill(
    '## Règle\n\nTrois jours **au plus**, voir l’article L. 430-1 du CGFP.\n\n> **Attention**\n>\n> Le refus est motivé.\n\n'
      + '| Jours | Agents |\n|---|---|\n| 3 | tous |\n\n### Détail\n\n1. un\n2. deux\n',
  );
  await page.getByLabel('Textes de référence').fill('décret n° 2016-151\nUn texte inconnu');
  await save(page);
}

async function save(page) {
  await page.getByRole('button', { name: 'Enregistrer le brouillon' }).click();
  await page.waitForLoadState();
}

/** Opens a published sheet to be revised, and makes it another. */
async function revise(page, world) {
  await by(SHEET).reach({ page }, world);
  const text = page.getByLabel('Texte', { exact: true });
  await text.fill(`${await text.inputValue()}\n\nUne phrase du CIG.`);
  await save(page);
}

async function press(page, name) {
  await page.getByRole('button', { name }).click();
  await page.waitForLoadState();
}

async function fromDraftToReader({ page }, world) {
  await write(page, world, 'Fiche de Corinne sur le télétravail');
  assert.match(await page.locator('main').innerText(), /Brouillon, pas encore publié/);
  await press(page, 'Publier maintenant');
  await page.getByRole('link', { name: 'Le lire' }).click();
  const address = page.url();
  assert.equal(await page.locator('h1').innerText(), 'Fiche de Corinne sur le télétravail');

  // The text that it names is one click away.
  await page.getByRole('link', { name: /article L430-1/ }).click();
  assert.match(await page.locator('h1').innerText(), /L430-1/);

  const reader = await world.visit({});
  await logIn(reader.page, world, world.person('amina'));
  await reader.page.goto(world.url('bip', '/?q=fiche+de+corinne'));
  await reader.page.getByRole('link', { name: 'Fiche de Corinne sur le télétravail' }).click();
  assert.equal(reader.page.url(), address);
  assert.equal(await reader.page.getByRole('link', { name: 'Réviser' }).count(), 0);

  await page.goto(address);
  await page.getByRole('link', { name: 'Retirer' }).click();
  await press(page, 'Retirer le document');
  assert.match(await page.getByRole('status').innerText(), /Le document est retiré/);
  const gone = await reader.page.goto(address);
  assert.equal(gone.status(), 404);
  await reader.close();
}

async function afterTheSession({ page, context }, world) {
  await by('/redaction/nouveau?kind=fiche').reach({ page }, world);
  await page.getByLabel('Titre', { exact: true }).fill('Écrit longtemps');
  await page.getByLabel('Texte', { exact: true }).fill('Une heure de travail.');
  await page.getByLabel('Tous, quels que soient leurs droits').check();
  await context.clearCookies();
  await save(page);
  await sendLogin(page, world.person('corinne'));
  await page.waitForURL(/nouveau/);
  await press(page, 'Le reprendre');
  assert.equal(await page.getByLabel('Texte', { exact: true }).inputValue(), 'Une heure de travail.');
  assert.ok(await page.getByLabel('Tous, quels que soient leurs droits').isChecked());
  await save(page);
  assert.equal(await page.locator('h1').innerText(), 'Écrit longtemps');
  await page.goto(world.url('bip', '/redaction/nouveau?kind=fiche'));
  assert.equal(await page.getByText('a été retrouvé').isVisible(), false, 'a saved text is offered again');
}

export const journeys = {
  'a text that is being written outlives its session': { walk: afterTheSession },
  'a sheet is written, published, read and withdrawn': { walk: fromDraftToReader },
};

export const editing = {
  'bip-desk': by('/redaction'),
  'bip-desk-beyond-the-last-page': by('/redaction?page=900'),
  'bip-new-sheet': by('/redaction/nouveau?kind=fiche'),
  'bip-new-item': by('/redaction/nouveau?kind=actualite'),
  'bip-new-item-error': {
    status: 422,
    async reach({ page }, world) {
      await by('/redaction/nouveau?kind=actualite').reach({ page }, world);
      await page.getByLabel('Date de l’actualité').fill('');
      await page.getByLabel('Les agents des seules collectivités').check();
      await save(page);
    },
  },
  'bip-revise': by(SHEET),
  'bip-preview-of-a-revision': {
    async reach({ page }, world) {
      await revise(page, world);
      const changes = page.locator('details', { hasText: 'Ce que ce brouillon change' });
      await changes.evaluate((element) => element.setAttribute('open', ''));
    },
  },
  'bip-preview-error': {
    status: 422,
    async reach({ page }, world) {
      await by(`${SHEET}/apercu`).reach({ page }, world);
      await page.getByText('Publier plus tard').click();
      await press(page, 'Programmer la publication');
    },
  },
  'bip-preview-planned': {
    async reach({ page }, world) {
      await by(`${SHEET}/apercu`).reach({ page }, world);
      await page.getByText('Publier plus tard').click();
      await page.getByLabel('Jour').fill(`${new Date().getFullYear() + 1}-01-01`);
      await page.getByLabel('Heure').fill('08:00');
      await press(page, 'Programmer la publication');
      await page.getByRole('link', { name: /./ }).and(page.locator('tbody a')).first().click();
    },
    of: 'bip-preview-of-a-revision',
  },
  'bip-revise-planned': { ...by(SHEET), of: 'bip-revise' },
  'bip-revise-overtaken': {
    status: 409,
    async reach({ page, context }, world) {
      await by(SHEET).reach({ page }, world);
      const other = await context.newPage();
      await other.goto(page.url());
      await save(other);
      await save(page);
    },
    of: 'bip-revise',
  },
  'bip-preview-overtaken': {
    status: 409,
    async reach({ page, context }, world) {
      await by(`${SHEET}/apercu`).reach({ page }, world);
      const other = await context.newPage();
      await other.goto(world.url('bip', SHEET));
      await save(other);
      await press(page, 'Publier maintenant');
    },
    of: 'bip-preview-error',
  },
  'bip-published': {
    async reach({ page }, world) {
      await by(`${SHEET}/apercu`).reach({ page }, world);
      await press(page, 'Publier maintenant');
    },
    of: 'bip-desk',
  },
  'bip-versions': by(`${SHEET}/versions`),
  'bip-version': {
    async reach({ page }, world) {
      await by(`${SHEET}/versions`).reach({ page }, world);
      await page.getByRole('link', { name: /^Lire/ }).first().click();
      await page.waitForURL(/versions\/\d+$/);
    },
  },
  'bip-version-resumed': {
    async reach({ page }, world) {
      await by(`${SHEET}/versions`).reach({ page }, world);
      await page.getByRole('link', { name: /^Reprendre/ }).first().click();
    },
    of: 'bip-revise',
  },
  'bip-document-of-an-author': { ...by('/documents/sp-F489'), of: 'bip-changed-document' },
  'bip-withdrawal': by(`${SHEET}/retrait`),
  'bip-new-sheet-preview': {
    reach: ({ page }, world) => write(page, world, 'Fiche de Corinne sur les congés'),
  },
  'bip-notes': by('/redaction/notes/documents/CGFP-L822-6'),
  'bip-notes-error': {
    status: 422,
    async reach({ page }, world) {
      await by('/redaction/notes/documents/CGFP-L822-6').reach({ page }, world);
      await page.getByLabel('Passage annoté').fill('ce que le texte ne dit pas');
      await press(page, 'Publier la note');
    },
  },
  'bip-text-with-a-note': {
    async reach({ page }, world) {
      await by('/redaction/notes/documents/CGFP-L822-6').reach({ page }, world);
      await page.getByLabel('Passage annoté').fill('congés de longue maladie');
      await page.getByLabel('Note', { exact: true }).fill('Voir la **fiche** et le [guide](https://exemple.example/).');
      await press(page, 'Publier la note');
      await page.getByRole('link', { name: 'Note 1 du CIG' }).waitFor();
    },
  },
  'bip-notes-filled': { ...by('/redaction/notes/documents/CGFP-L822-6'), of: 'bip-notes' },
  'bip-unanswered': {
    async reach({ page }, world) {
      await by('/?q=motquinexistepas').reach({ page }, world);
      await page.goto(world.url('bip', '/redaction/recherches'));
    },
  },
  'bip-desk-reserved': { ...at('bip', '/redaction', 'renee'), status: 403 },
};
