// For all pages for monitoring: times as the reader's own clock shows them.

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
