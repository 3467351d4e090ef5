// Shows what a rule says while its form is filled in. The page works without it.
'use strict';

const form = document.getElementById('regle');
const live = document.getElementById('vivante');
const [sentence, missing, cedar] = ['phrase-vive', 'manque', 'cedar-vif'].map((id) => document.getElementById(id));

let waiting;
let asked = 0;

async function say() {
  const number = ++asked;
  let rule;
  try {
    const answer = await fetch(form.dataset.phrase, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    rule = await answer.json();
  } catch {
    return;
  }
  // An answer to what was ticked before says nothing of what is there now.
  if (number !== asked) return;
  live.hidden = false;
  sentence.textContent = rule.sentence;
  missing.textContent = rule.missing;
  cedar.textContent = rule.cedar;
}

form.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(say, 300);
});
