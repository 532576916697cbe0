// Makes a page that already works nicer: progress, partial updates, copying, linked highlights.


/* ---- Sending the form without leaving the page ---- */

const busy = (on) => {
  document.getElementById("progress").hidden = !on;
  document.querySelector("button.primary").disabled = on;
  document.getElementById("result").setAttribute("aria-busy", String(on));
};

const say = (words) => { document.getElementById("status").textContent = words; };

const showProgress = ({ done, total }, started) => {
  const bar = document.getElementById("bar");
  bar.max = total;
  bar.value = done;
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`${done} of ${total} segments translated, ${seconds} s`);
};

async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    rest += value;
    const parts = rest.split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
  if (rest) yield JSON.parse(rest);
}

const show = (html) => {
  // Parsed as a document of its own: scripts in it, if there ever were any, would not run.
  const page = new DOMParser().parseFromString(html, "text/html");
  const problem = page.getElementById("problem-text");
  if (problem) {
    // The form stays as it is, with everything typed and the chosen file.
    document.getElementById("problem").replaceChildren(document.adoptNode(problem));
    for (const name of ["text", "length"]) {
      for (const said of ["aria-invalid", "aria-describedby"]) document.getElementById(name).removeAttribute(said);
    }
    const wrong = document.getElementById(problem.dataset.field);
    wrong.setAttribute("aria-invalid", "true");
    wrong.setAttribute("aria-describedby", "problem-text");
    wrong.focus();
    busy(false);
    return;
  }
  document.title = page.title;
  document.getElementById("main").replaceWith(document.adoptNode(page.getElementById("main")));
  start();
  keep(true);
  document.getElementById("result").focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: "instant" });
};

async function send(event) {
  event.preventDefault();
  const started = performance.now();
  const data = new FormData(event.target);
  const stopping = new AbortController();
  document.getElementById("stop").onclick = () => stopping.abort();
  document.getElementById("problem").replaceChildren();
  busy(true);
  document.getElementById("bar").removeAttribute("value");
  say("Reading the article");
  try {
    const response = await fetch(event.target.action, {
      method: "POST", body: data, headers: { Accept: "application/x-ndjson" }, signal: stopping.signal,
    });
    for await (const message of lines(response)) {
      if (message.page !== undefined) {
        show(message.page);
        return;
      }
      showProgress(message, started);
    }
    throw new Error("the answer broke off");
  } catch {
    busy(false);
    if (stopping.signal.aborted) return;
    document.getElementById("problem").innerHTML =
      '<p class="problem" id="problem-text" role="alert"><strong>No answer.</strong> ' +
      "Mujaz could not be reached. Your text is still here; check that the service runs, then try again.</p>";
  }
}

/* ---- What was typed outlives a reload and a look at another page, in this tab ---- */

const KEPT = "mujaz-article";
const FIELDS = ["title", "text", "length", "unit"];

// `done`: its result was shown.
const keep = (done) => {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, document.getElementById(name).value]));
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ fields, done }));
  } catch { /* storage is full or forbidden: nothing is kept, and nothing else is the worse for it */ }
};

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
};

const restore = (form) => {
  const before = kept();
  if (!before?.fields.text || document.getElementById("text").value) return;
  for (const name of FIELDS) document.getElementById(name).value = before.fields[name];
  // Whoever reloads or comes back wants to see what was there: the service remembers it.
  const came = performance.getEntriesByType("navigation")[0]?.type;
  if (before.done && ["reload", "back_forward"].includes(came)) form.requestSubmit();
};

/* ---- Counting words ---- */

const count = () => {
  const field = document.getElementById("text");
  const words = field.value.match(/\S+/gu)?.length ?? 0;
  document.getElementById("count").textContent = words ? `${words.toLocaleString("en")} words` : "";
};

/* ---- Copying ---- */

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const words = field.value.trim();
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Plain http away from localhost has no clipboard API: select the text so that Ctrl+C works.
    field.closest("details").open = true;
    field.select();
    document.getElementById("copied").textContent = "Selected: press Ctrl+C";
    return;
  }
  document.getElementById("copied").textContent = "Copied";
  setTimeout(() => { document.getElementById("copied").textContent = ""; }, 2500);
}

/* ---- A summary line and the words it rests on light up together ---- */

const cites = (element) => (element.dataset.cites ?? "").split(" ");

const light = (sentence, on) => {
  for (const piece of document.querySelectorAll(".cited")) {
    if (cites(piece).includes(sentence)) {
      piece.classList.toggle("lit", on);
      piece.closest(".pair").classList.toggle("lit", on);
    }
  }
};

const lightSummary = (pair, on) => {
  for (const line of document.querySelectorAll(".brief-line")) {
    if (cites(pair).includes(line.dataset.sentence)) line.classList.toggle("lit", on);
  }
};

const over = (element, enter) => {
  for (const type of ["mouseenter", "focusin"]) element.addEventListener(type, () => enter(true));
  for (const type of ["mouseleave", "focusout"]) element.addEventListener(type, () => enter(false));
};

/* ---- Wiring ---- */

function startForm(current) {
  current.addEventListener("submit", send);
  current.addEventListener("input", () => keep(false));
  const text = document.getElementById("text");
  text.addEventListener("input", count);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) current.requestSubmit();
  });
  document.querySelector(".another")?.addEventListener("click", () => sessionStorage.removeItem(KEPT));
  count();
}

function start() {
  const current = document.getElementById("article-form");
  if (current) startForm(current); // a stored article has none
  for (const box of document.querySelectorAll(".copy")) box.hidden = false;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(button));
  }
  for (const line of document.querySelectorAll(".brief-line")) {
    over(line, (on) => light(line.dataset.sentence, on));
  }
  for (const pair of document.querySelectorAll(".pair")) over(pair, (on) => lightSummary(pair, on));
}

// A tooltip must be dismissable without moving the pointer or the focus, and stay away until one of them moves on.
// A browser also says "mouseover" when the page moves under a pointer at rest, so that is not asked.
let under = null;
const showTips = () => document.body.classList.remove("quiet-tips");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.add("quiet-tips");
});
document.addEventListener("focusin", showTips);
document.addEventListener("mousemove", ({ target }) => {
  if (target !== under) showTips();
  under = target;
});

start();
const form = document.getElementById("article-form");
if (form) restore(form);
