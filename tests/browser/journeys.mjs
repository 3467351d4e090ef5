// What people do, from the first page to the last. Each walks in a browser profile of its own.

import assert from 'node:assert/strict';
import { journeys as ofEditing } from './editing.mjs';
import { addAuthenticator, confirmFactor, logIn, oneTimeCode, sendLogin } from './world.mjs';

/** The log-in page of the portal, wherever it leads to. */
const login = (world) => new RegExp(`^${world.url('portail', '/connexion')}`);

async function asksToLogIn(page, world, address) {
  await page.goto(address);
  assert.match(page.url(), login(world), `${address} did not ask to log in`);
}

async function logOut(page) {
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.waitForURL(/\/deconnexion$/);
  assert.equal(await page.locator('h1').innerText(), 'Votre session est terminée');
}

async function wrongThenRight({ page }, world) {
  const renee = world.person('renee');
  const wanted = world.url('bip', '/?q=cong%C3%A9+maternit%C3%A9');
  await asksToLogIn(page, world, wanted);

  await sendLogin(page, renee, 'ce n’est pas le bon');
  const summary = page.getByRole('alert');
  await summary.waitFor();
  assert.match(await page.title(), /^Erreur/, 'the title does not say that there is an error');
  assert.match(await summary.innerText(), /mot de passe/i, 'the page does not say what is wrong');
  const kept = await page.getByLabel('Adresse électronique professionnelle').inputValue();
  assert.equal(kept, renee.login, 'the login that was typed is lost');
  const password = await page.getByLabel('Mot de passe', { exact: true }).inputValue();
  assert.equal(password, '', 'the page shows the password again');
  const focused = await summary.evaluate((element) => element === document.activeElement);
  assert.ok(focused, 'the focus is not on the error summary');

  await sendLogin(page, renee);
  await page.waitForURL(wanted);
}

async function oneLoginOpensEverything({ page }, world) {
  const renee = world.person('renee');
  await logIn(page, world, renee);
  await page.goto(world.url('site', '/espace-reserve/'));
  assert.match(await page.locator('.greeting').innerText(), /Bonjour Renée Martin/);

  await page.goto(world.url('net-cotisations', '/declarations.php'));
  assert.equal(await page.locator('h1').innerText(), 'Déclarations mensuelles');

  await page.goto(world.url('bip'));
  await page.getByLabel('Mots, question ou référence').fill('télétravail');
  await page.getByRole('button', { name: 'Rechercher' }).click();
  const first = page.locator('.hit h3 a').first();
  const title = await first.innerText();
  await first.click();
  assert.equal(await page.locator('h1').innerText(), title, 'the result opens another document');
}

async function services({ page }, world) {
  await logIn(page, world, world.person('amina'));
  const opened = await page.locator('.card h2').allInnerTexts();
  assert.deepEqual(opened, ['BIP']);
  const closed = await page.locator('main dt').allInnerTexts();
  assert.ok(closed.includes('Net Cotisations'), `closed services are ${closed}`);
  await page.getByRole('link', { name: 'BIP', exact: true }).click();
  await page.waitForURL(world.url('bip'));
  assert.equal(await page.locator('h1').innerText(), 'Rechercher dans BIP');
}

async function refusal(visit, world) {
  const { page } = visit;
  await logIn(page, world, world.person('amina'));
  await page.goto(world.url('net-cotisations'));
  assert.equal(visit.answer.status(), 403);
  const text = await page.locator('main').innerText();
  assert.match(text, /Vous n’avez pas accès à Net Cotisations/);
  assert.match(text, /Renée Martin \(renee\.martin@fontclaire\.example\)/, 'no référent is named');
}

async function expertText(visit, world) {
  const { page } = visit;
  await logIn(page, world, world.person('renee'));
  await page.goto(world.url('portail', '/referent/regles/expert'));
  const text = page.getByLabel('Texte de la règle');
  await text.fill('permit (principal, action, resource) when { context.heu');
  await text.press('Control+Space');
  await page.getByRole('button', { name: /^context\.heure/ }).press('Enter');
  assert.match(await text.inputValue(), /context\.heure$/, 'the word is not completed');
  await page.getByText('Ligne 1, colonne').first().waitFor();
  // What was typed is not left behind without a word.
  const asked = page.waitForEvent('dialog');
  const clicked = page.getByRole('link', { name: 'Annuler' }).click();
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.accept();
  await clicked;
}

async function sentenceWhileFillingIn({ page }, world) {
  await logIn(page, world, world.person('renee'));
  await page.goto(world.url('portail', '/referent/regles/nouvelle'));
  await page.getByLabel('Fermer un accès, quoi qui l’ouvre par ailleurs').check();
  await page.locator('#manque', { hasText: /\S/ }).waitFor();
  await page.getByLabel('Tous les agents', { exact: true }).check();
  await page.getByLabel('Service ou rubrique').selectOption('service:bip');
  await page.locator('#phrase-vive', { hasText: 'Aucun agent n’accède à BIP.' }).waitFor();
  assert.match(await page.locator('#cedar-vif').textContent(), /^@modele.*forbid/s);
}

async function anotherCollectivite(visit, world) {
  const { page } = visit;
  const reserved = world.url('site', '/espace-reserve/');
  await logIn(page, world, world.person('agnes'));
  const who = page.locator('.who');
  assert.match(await who.innerText(), /CCAS de Fontclaire/);
  await page.goto(reserved);
  assert.equal(visit.answer.status(), 403, 'the CCAS gives no right on the site');

  await page.goto(world.url('portail'));
  await page.getByRole('link', { name: 'Changer de collectivité' }).click();
  await page.getByRole('button', { name: 'Continuer avec Ville de Fontclaire' }).click();
  await page.waitForURL(world.url('portail'));
  assert.match(await who.innerText(), /Ville de Fontclaire/);
  await page.goto(reserved);
  assert.equal(visit.answer.status(), 200, 'the other collectivité’s right is not there');
}

async function logOutClosesEverything({ page }, world) {
  await logIn(page, world, world.person('renee'));
  const addresses = [
    world.url('bip'),
    world.url('site', '/espace-reserve/'),
    world.url('net-cotisations'),
    world.url('portail'),
  ];
  for (const address of addresses) {
    await page.goto(address);
    assert.equal(page.url(), address);
  }
  await logOut(page);
  for (const address of addresses) await asksToLogIn(page, world, address);
}

async function severalTabs({ context, page }, world) {
  const alain = world.person('alain');
  const wanted = [
    world.url('site', '/espace-reserve/'),
    world.url('net-cotisations', '/declarations.php'),
    world.url('portail'),
    world.url('site', '/espace-reserve/circulaires/2026-14?de=onglet'),
  ];
  const tabs = [page];
  while (tabs.length < wanted.length) tabs.push(await context.newPage());
  await Promise.all(tabs.map((tab, i) => asksToLogIn(tab, world, wanted[i])));
  await Promise.all(
    tabs.map(async (tab, i) => {
      await sendLogin(tab, alain);
      await tab.waitForURL(wanted[i]);
    }),
  );
  for (const [i, address] of wanted.entries()) {
    await tabs[i].goto(address);
    assert.equal(tabs[i].url(), address, 'a tab has lost its session');
  }
}

async function backAfterLogOut({ page }, world) {
  await logIn(page, world, world.person('renee'));
  const pages = [
    world.url('bip', '/?q=t%C3%A9l%C3%A9travail'),
    world.url('site', '/espace-reserve/'),
    world.url('net-cotisations', '/declarations.php'),
    world.url('portail'),
  ];
  for (const address of pages) await page.goto(address);
  await logOut(page);
  const shown = [];
  for (const address of pages.toReversed()) {
    await page.goBack();
    const text = await page.locator('body').innerText();
    if (/Renée|Déclarations mensuelles/.test(text)) shown.push(`${page.url()} (for ${address})`);
  }
  assert.deepEqual(shown, [], 'the back button shows private pages after the log-out');
}

async function withoutJavaScript({ page }, world) {
  const wanted = world.url('bip');
  await asksToLogIn(page, world, wanted);
  await sendLogin(page, world.person('renee'));
  await page.waitForURL(wanted);
  await page.getByLabel('Mots, question ou référence').fill('congé de maladie');
  await page.getByRole('button', { name: 'Rechercher' }).click();
  assert.ok((await page.locator('.hit').count()) > 0, 'no result');
  await page.getByRole('link', { name: 'Mes services' }).click();
  await page.waitForURL(world.url('portail'));
  await logOut(page);
  await asksToLogIn(page, world, wanted);
}

async function passkey(visit, world) {
  const { page } = visit;
  const regine = world.person('regine');
  const device = await addAuthenticator(visit);
  await logIn(page, world, regine);
  await page.getByRole('link', { name: 'Mon compte' }).click();
  await page.getByRole('link', { name: 'Second facteur' }).click();
  await page.getByRole('link', { name: 'Ajouter une clé d’accès' }).click();
  await page.getByLabel('Nom, pour le reconnaître').fill('Poste de Régine');
  await page.getByLabel('Votre mot de passe Convergences').fill(regine.password);
  await page.getByRole('button', { name: 'Continuer' }).click();
  await page.getByRole('button', { name: 'Créer la clé d’accès' }).click();
  await page.waitForURL(/\?fait=ajout$/);
  assert.deepEqual(await page.locator('.card h2').allInnerTexts(), ['Poste de Régine']);

  await logOut(page);
  const wanted = world.url('bip', '/?q=t%C3%A9l%C3%A9travail');
  await asksToLogIn(page, world, wanted);
  await sendLogin(page, regine);
  assert.equal(await page.locator('h1').innerText(), 'Présentez votre second facteur');
  // Somebody else's finger.
  await device.verifies(false);
  const button = page.getByRole('button', { name: 'Utiliser ma clé d’accès' });
  await button.click();
  await page.getByText('L’opération a été annulée').waitFor();
  await device.verifies(true);
  await button.click();
  await page.waitForURL(wanted);
  // Another key will take its place.
  await page.goto(world.url('portail', '/compte/second-facteur'));
  await page.getByRole('link', { name: 'Retirer' }).click();
  await page.getByLabel('Votre mot de passe Convergences').fill(regine.password);
  await page.getByRole('button', { name: 'Retirer ce second facteur' }).click();
  await page.waitForURL(/\?fait=retrait$/);
}

async function application({ page }, world) {
  const alain = world.person('alain');
  await logIn(page, world, alain);
  await confirmFactor(page, world, alain, '/compte/second-facteur/application');
  const key = await page.locator('.key').innerText();
  // Of the step before: the present one is still to serve at the log-in.
  await page.getByLabel('Code à six chiffres').fill(oneTimeCode(key, Date.now() - 30_000));
  await page.getByRole('button', { name: 'Ajouter l’application' }).click();
  await page.waitForURL(/\?fait=ajout$/);
  await confirmFactor(page, world, alain, '/compte/second-facteur/codes');
  const codes = await page.locator('.codes code').allInnerTexts();
  assert.equal(codes.length, 10);
  await logOut(page);

  const wanted = world.url('bip');
  await asksToLogIn(page, world, wanted);
  await sendLogin(page, alain);
  await page.getByLabel('Code à six chiffres').fill('000000');
  await page.getByRole('button', { name: 'Valider le code', exact: true }).click();
  const summary = page.getByRole('alert');
  await summary.waitFor();
  const focused = await summary.evaluate((element) => element === document.activeElement);
  assert.ok(focused, 'the focus is not on the error summary');
  await page.getByLabel('Code à six chiffres').fill(oneTimeCode(key));
  await page.getByRole('button', { name: 'Valider le code', exact: true }).click();
  await page.waitForURL(wanted);

  await page.goto(world.url('portail'));
  await logOut(page);
  await page.goto(world.url('portail', '/connexion'));
  await sendLogin(page, alain);
  await page.getByText('Utiliser un code de secours imprimé').click();
  await page.getByLabel('Code de secours').fill(codes[0].toLowerCase());
  await page.getByRole('button', { name: 'Valider le code de secours' }).click();
  await page.waitForURL(world.url('portail'));
}

export const journeys = {
  'a wrong password then the right one lead to the page asked for': { walk: wrongThenRight },
  'one log-in opens every service': { walk: oneLoginOpensEverything },
  'my services shows what is open and what is not': { walk: services },
  'a refusal names the referents': { walk: refusal },
  'a rule in Cedar is checked and completed while it is typed': { walk: expertText },
  'a rule says what it says while its form is filled in': { walk: sentenceWhileFillingIn },
  'a person of two collectivites changes collectivite': { walk: anotherCollectivite },
  'log-out from the portal closes everything': { walk: logOutClosesEverything },
  'several tabs that log in at once each end where they wanted': { walk: severalTabs },
  'the back button after log-out shows no private page': { walk: backAfterLogOut },
  'a passkey is added and logs in': { walk: passkey },
  'an application and a printed code log in without JavaScript': {
    options: { javaScriptEnabled: false },
    walk: application,
  },
  'log-in, search and log-out work without JavaScript': {
    options: { javaScriptEnabled: false },
    walk: withoutJavaScript,
  },
  ...ofEditing,
};
