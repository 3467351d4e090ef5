// Completes the question while it is typed, with what the browser itself offers for that: a datalist.
const field = document.getElementById("q");
const list = document.getElementById("propositions");
let waiting;
let asked = 0;

async function complete() {
  const turn = ++asked;
  const typed = field.value.trim();
  if (typed.length < 2) {
    list.replaceChildren();
    return;
  }
  try {
    const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(typed)}`);
    if (!answer.ok || turn !== asked) return;
    const found = await answer.json();
    list.replaceChildren(...found.map((one) => new Option("", one.title ?? one.theme)));
  } catch {
    // Without completions the search works as well.
  }
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(complete, 150);
});
