// The inbox and a story's page, made quicker: keys, marking without leaving the page, news as it comes.

const list = document.querySelector("ol.stories");
const single = document.querySelector(".one-story");
const titles = () => [...document.querySelectorAll(".story a.open")];

/* ---- Marking ---- */

const showUnread = (count) => {
  const shown = count > 999 ? "999+" : String(count);
  document.title = document.title.replace(/^\(\d+\+?\) /, "");
  if (count && document.getElementById("unread-count")) document.title = `(${shown}) ${document.title}`;
  const field = document.getElementById("unread-count");
  if (field) field.textContent = shown;
};

const showMarks = (story, { unread, starred }) => {
  story.classList.toggle("unread", unread);
  story.classList.toggle("starred", starred);
  for (const star of story.querySelectorAll(".star")) {
    star.setAttribute("aria-pressed", String(starred));
    star.value = starred ? "unstar" : "star";
  }
  const read = story.querySelector(".mark-read");
  if (read) {
    read.value = unread ? "read" : "unread";
    read.querySelector(".words").textContent = unread ? "Mark as read" : "Mark as unread";
  }
  if (!unread) story.querySelector(".story-meta .fresh")?.remove();
};

async function mark(event) {
  const button = event.submitter;
  if (!button || button.id === "leave-unread") return; // that one leads back to the list
  event.preventDefault();
  const form = event.target;
  const data = new URLSearchParams(new FormData(form));
  data.set(button.name, button.value);
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = await answer.json();
    showMarks(form.closest(".story, .one-story"), now);
    showUnread(now.count);
  } catch {
    location.reload(); // the story is gone, or the service: the page says which
  } finally {
    button.disabled = false;
    button.focus({ preventScroll: true });
  }
}

for (const form of document.querySelectorAll(".marks")) form.addEventListener("submit", mark);

/* ---- Choosing ---- */

const filters = document.getElementById("filters");
if (filters) {
  filters.addEventListener("submit", () => {
    // So that the address holds what was chosen and nothing else.
    for (const field of filters.elements) if (field.name && field.value === "") field.disabled = true;
  });
  for (const select of filters.querySelectorAll("select")) {
    // With a keyboard each step changes the choice: wait until it is left or made with Enter.
    let pointed = false;
    select.addEventListener("pointerdown", () => { pointed = true; });
    select.addEventListener("keydown", () => { pointed = false; });
    select.addEventListener("change", () => { if (pointed) filters.requestSubmit(); });
  }
  // Coming back with the browser's button: the fields are as they were left.
  addEventListener("pageshow", () => { for (const field of filters.elements) field.disabled = false; });
}

/* ---- Keys ---- */

const help = document.getElementById("keys");
const openHelp = document.getElementById("keys-open");
const keysOn = document.getElementById("keys-on");
const OFF = "mujaz-keys-off";

const remembered = () => { try { return localStorage.getItem(OFF) !== null; } catch { return false; } };
const remember = (off) => {
  try { if (off) localStorage.setItem(OFF, "1"); else localStorage.removeItem(OFF); } catch { /* not kept, then */ }
};

const current = () => document.activeElement?.closest?.(".story");

const step = (by) => {
  const all = titles();
  if (!all.length) return;
  const story = current();
  const at = story ? all.indexOf(story.querySelector("a.open")) : -1;
  const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by));
  all[next].focus();
  all[next].closest(".story").scrollIntoView({ block: "nearest" });
};

const press = (selector) => {
  const within = single ?? current();
  within?.querySelector(selector)?.click();
};

const follow = (id) => document.getElementById(id)?.click();

const actions = single
  ? {
    j: () => follow("way-next"), k: () => follow("way-before"), u: () => follow("way-back"),
    o: () => document.querySelector(".moment-links a")?.click(),
    s: () => press(".star"), m: () => follow("leave-unread"),
  }
  : {
    j: () => step(1), k: () => step(-1), o: () => current()?.querySelector("a.open").click(),
    s: () => press(".star"), m: () => press(".mark-read"),
    "/": () => document.querySelector("#filters [name=q]")?.focus(),
  };
actions["?"] = () => help.showModal();

// With an Arabic keyboard the key of J writes ت: then its place on the keyboard counts.
const keyOf = (event) => {
  if (event.key === "؟") return "?";
  if (event.key.length === 1 && event.key > "\u007f") {
    return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
  }
  return event.key.length === 1 ? event.key.toLowerCase() : "";
};

const types = (element) =>
  element?.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable], dialog") ?? null;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (!keysOn.checked || help.open || types(event.target)) return;
  const action = actions[keyOf(event)];
  if (!action) return;
  event.preventDefault();
  action();
});

if (help && openHelp) {
  openHelp.hidden = false;
  openHelp.addEventListener("click", () => help.showModal());
  keysOn.checked = !remembered();
  keysOn.addEventListener("change", () => remember(!keysOn.checked));
}

/* ---- News ---- */

const words = (n, one, many) => `${n} ${n === 1 ? one : many}`;

const tell = ({ new: fresh, changed, unread }) => {
  const news = document.getElementById("news");
  const parts = [];
  if (fresh) parts.push(words(fresh, "new story", "new stories"));
  if (changed) parts.push(`${words(changed, "story", "stories")} with new articles`);
  news.textContent = parts.join(", ");
  news.hidden = !parts.length;
  showUnread(unread);
};

const follows = document.querySelector("[data-events]");
// Who only passes by opens no stream: the server notices late that one is gone.
const SETTLED = 1500;
let stream = null;
let again = 0;

const listen = () => {
  clearTimeout(again);
  if (!stream && !document.hidden) again = setTimeout(connect, SETTLED);
};

const connect = () => {
  stream = new EventSource(follows.dataset.events);
  stream.addEventListener("news", (event) => tell(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    // The browser comes back by itself unless it was refused: then too many streams are open, for now.
    if (stream?.readyState !== EventSource.CLOSED) return;
    stream = null;
    again = setTimeout(listen, 30_000);
  });
};

const rest = () => {
  clearTimeout(again);
  stream?.close();
  stream = null;
};

if (follows) {
  // Only while somebody can see the page: each stream takes a thread of the server.
  document.addEventListener("visibilitychange", () => { if (document.hidden) rest(); else listen(); });
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
}
