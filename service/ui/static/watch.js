// The watch editor: what the query would have found, while it is typed.

import { showTimes } from "./monitor.js";

const form = document.getElementById("watch-form");
const query = document.getElementById("watch-query");
const status = document.getElementById("preview-status");
const PAUSE = 400; // milliseconds without a key before the server is asked

let asked = 0;
let timer;
let shown = null;

async function preview() {
  const text = query.value.trim();
  if (text === shown) return;
  const number = ++asked;
  const place = document.getElementById("preview");
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`${form.dataset.preview}?${new URLSearchParams({ query: text })}`);
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (number !== asked) return; // something newer is on its way
    const found = document.adoptNode(page.getElementById("preview-found"));
    showTimes(found);
    document.getElementById("preview-found").replaceWith(found);
    shown = text;
    status.textContent = found.querySelector("p")?.textContent.replace(/\s+/g, " ").trim() ?? "";
    if (found.querySelector(".problem")) query.setAttribute("aria-invalid", "true");
    else query.removeAttribute("aria-invalid");
  } catch {
    if (number === asked) status.textContent = "The preview could not be loaded.";
  } finally {
    if (number === asked) place.removeAttribute("aria-busy");
  }
}

/* Operators are Latin: which way a query runs is decided by most of its letters, not by the first. */
const turn = () => {
  const arabic = query.value.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const latin = query.value.match(/\p{Script=Latin}/gu)?.length ?? 0;
  query.dir = arabic > latin ? "rtl" : "ltr";
};

query.addEventListener("input", () => {
  turn();
  clearTimeout(timer);
  if (query.value.trim()) timer = setTimeout(preview, PAUSE);
});
document.getElementById("ask-preview").addEventListener("click", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  shown = null;
  preview();
});
if (query.value.trim() && !document.querySelector("#preview-found .hits, #preview-found .problem")) preview();
