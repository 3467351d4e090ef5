// Checks a rule while it is typed, and completes words on Ctrl + Space. The page works without it.
'use strict';

const area = document.getElementById('texte');
const report = document.getElementById('constat');
const list = document.getElementById('propositions');
const words = [...document.querySelectorAll('#mots tbody tr')].map((row) => ({
  text: row.cells[0].textContent,
  meaning: row.cells[1].textContent,
}));

let waiting;
let asked = 0;

async function check() {
  const number = ++asked;
  const body = new URLSearchParams({ jeton: area.form.elements.jeton.value, texte: area.value });
  let faults;
  try {
    const answer = await fetch('/referent/regles/verification', { method: 'POST', body });
    faults = await answer.json();
  } catch {
    report.replaceChildren('La vérification n’a pas abouti ; elle sera faite à l’enregistrement.');
    return;
  }
  // An answer to what was typed before says nothing of what is there now.
  if (number === asked) show(faults);
}

function show(faults) {
  report.replaceChildren();
  if (faults.length === 0) {
    report.append('La règle tient.');
    return;
  }
  for (const fault of faults) {
    const line = document.createElement('p');
    line.className = 'error';
    line.append(`Ligne ${fault.line}, colonne ${fault.column} : ${fault.said} ${fault.remedy}`);
    report.append(line);
  }
}

function begun() {
  return /[\p{L}\p{N}_:."/-]*$/u.exec(area.value.slice(0, area.selectionStart))[0];
}

function complete() {
  const start = begun();
  const known = words.filter((word) => word.text !== start && word.text.toLowerCase().startsWith(start.toLowerCase()));
  list.replaceChildren();
  for (const word of known.slice(0, 12)) {
    const choice = document.createElement('button');
    choice.type = 'button';
    choice.className = 'button button-secondary';
    choice.append(word.meaning ? `${word.text} (${word.meaning})` : word.text);
    choice.addEventListener('click', () => take(word.text, start));
    const item = document.createElement('li');
    item.append(choice);
    list.append(item);
  }
  list.hidden = known.length === 0;
  list.querySelector('button')?.focus();
}

function take(text, start) {
  const end = area.selectionStart;
  area.setRangeText(text, end - start.length, end, 'end');
  close();
  area.dispatchEvent(new Event('input'));
}

function close() {
  list.hidden = true;
  area.focus();
}

area.addEventListener('input', () => {
  // What was said is of another text.
  report.replaceChildren();
  asked += 1;
  clearTimeout(waiting);
  waiting = setTimeout(check, 300);
});
area.addEventListener('keydown', (event) => {
  if (event.ctrlKey && event.code === 'Space') {
    event.preventDefault();
    complete();
  }
});
list.addEventListener('keydown', (event) => {
  const choices = [...list.querySelectorAll('button')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape') close();
  if (step) {
    event.preventDefault();
    const next = choices.indexOf(document.activeElement) + step;
    choices[(next + choices.length) % choices.length].focus();
  }
});

// What was typed is not left behind by a link clicked too soon.
let sent = false;
area.form.addEventListener('submit', () => {
  sent = true;
});
addEventListener('beforeunload', (event) => {
  if (!sent && area.value !== area.defaultValue) event.preventDefault();
});
