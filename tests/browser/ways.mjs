// Ways to pages that take more than an address.

import { confirmFactor, logIn, oneTimeCode } from './world.mjs';

/** Opens an address, logged in as somebody or as nobody. */
export const at = (service, path, name) => ({
  async reach({ page }, world) {
    if (name) await logIn(page, world, world.person(name));
    await page.goto(world.url(service, path));
  },
});

/** The page of somebody of Fontclaire, found in the list, and a page behind it. */
export const agent = (name, link) => async ({ page }, world) => {
  await at('portail', '/referent/agents', 'renee').reach({ page }, world);
  await page.getByRole('link', { name }).click();
  await page.waitForURL(/agents\/[0-9a-f-]+$/);
  if (link) await page.getByRole('link', { name: link }).click();
  await page.waitForLoadState();
};
export const FACTORS = '/compte/second-facteur';

/** Adds an application for whoever is logged in. */
export async function addApplication(page, world, person) {
  await confirmFactor(page, world, person, `${FACTORS}/application`);
  const key = await page.locator('.key').innerText();
  await page.getByLabel('Code à six chiffres').fill(oneTimeCode(key));
  await page.getByRole('button', { name: 'Ajouter l’application' }).click();
  await page.waitForURL(/\?fait=ajout$/);
}

/** A page about one's own factors, behind the password. */
export const behindPassword = (path, name) => ({
  async reach({ page }, world) {
    const person = world.person(name);
    await logIn(page, world, person);
    await confirmFactor(page, world, person, `${FACTORS}${path}`);
    await page.waitForLoadState();
  },
});

/** Renée makes a key for a program. */
export async function makeKey(page, world) {
  const renee = world.person('renee');
  await logIn(page, world, renee);
  await page.goto(world.url('portail', '/compte/cles/nouvelle'));
  await page.getByLabel('Nom de la clé').fill('Logiciel de paie');
  await page.getByLabel('Votre mot de passe Convergences').fill(renee.password);
  await page.getByRole('button', { name: 'Créer la clé' }).click();
  await page.locator('.key').waitFor();
}

/** Opens the link of a letter. */
export const toLink = (name) => ({
  reach: ({ page }, world) => page.goto(world.link(name)),
});

/** Corinne writes a designation for the CCAS down. */
export async function designate(page, world) {
  await logIn(page, world, world.person('corinne'));
  await page.goto(world.url('portail', '/cig/collectivites/ccas-fontclaire/designations'));
  await page.getByLabel('Prénom du référent').fill('Zoé');
  await page.getByLabel('Nom du référent', { exact: true }).fill('Durand');
  await page.getByLabel('Courriel du référent').fill('zoe.durand@ccas.example');
  await page.getByLabel('Nom de l’autorité territoriale').fill('Thérèse Vidal');
  await page.getByLabel('Qualité de l’autorité territoriale').fill('Présidente');
  await page.getByRole('button', { name: 'Enregistrer la désignation' }).click();
  await page.waitForURL(/\/designations\/[0-9a-f-]+\?fait=enregistrement$/);
}

/** The open review of Fontclaire, opened now if there is none. */
export async function review(page, world) {
  await at('portail', '/referent/revues', 'renee').reach({ page }, world);
  const opening = page.getByRole('button', { name: 'Ouvrir la revue' });
  if (await opening.count()) await opening.click();
  else await page.getByRole('link', { name: 'Continuer la revue' }).click();
  await page.waitForURL(/revues\/[0-9a-f-]+$/);
}

/** Keeps the rights of everybody about whom Renée may decide. */
export async function keepAll(page) {
  const buttons = page.getByRole('button', { name: /^Garder les droits/ });
  for (let left = await buttons.count(); left > 0; left = await buttons.count()) {
    await buttons.first().click();
    await page.waitForURL(/fait=garder$/);
  }
}

export const press = (page, name) => page.getByRole('button', { name }).click();

/** The page opens, somebody types, presses a button and is told of a mistake. */
export const mistake = (path, name, button, typed = {}) => ({
  status: 422,
  async reach({ page }, world) {
    await at('portail', path, name).reach({ page }, world);
    for (const [label, text] of Object.entries(typed)) {
      await page.getByLabel(label, { exact: true }).fill(text);
    }
    await press(page, button);
    await page.getByRole('alert').waitFor();
  },
});
