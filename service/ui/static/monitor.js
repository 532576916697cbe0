// For all pages for monitoring: times as the reader's own clock shows them, and its zone offered in forms.

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

const sameDay = (one, other) => one.toDateString() === other.toDateString();

export const showTimes = (within) => {
  const now = new Date();
  for (const element of within.querySelectorAll("time[datetime*=T]")) {
    const when = new Date(element.dateTime);
    const old = when.getFullYear() === now.getFullYear() ? "" : ` ${when.getFullYear()}`;
    element.textContent = sameDay(when, now) ? clock.format(when) : `${day.format(when)}${old}, ${clock.format(when)}`;
    element.title = exact.format(when);
  }
};

showTimes(document);

// What is made new is most likely meant for the clock of whoever makes it.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = [...document.querySelectorAll("#zones option")].some((option) => option.value === own);
for (const field of document.querySelectorAll("[data-own-zone]")) {
  if (known && field.value === "UTC") field.value = own;
}
