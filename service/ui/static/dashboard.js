// Draws the charts of the dashboard, each from the table beside it. Chart.js is loaded before (it sets `Chart`).

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const numberIn = (cell) => Number(cell.textContent.replace(/[^\d.]/g, ""));

/* The columns with numbers, but for those left out of the chart; the first column names the rows. */
const read = (table) => {
  const heads = [...table.tHead.rows[0].cells];
  const wanted = heads.flatMap((head, at) =>
    at > 0 && head.classList.contains("n") && !("leftOut" in head.dataset) ? [at] : []);
  const rows = [...table.tBodies[0].rows].slice(0, Number(table.dataset.most ?? Infinity));
  return {
    labels: rows.map((row) => row.cells[0].dataset.short),
    full: rows.map((row) => row.cells[0].textContent.trim()),
    series: wanted.map((at) => ({ label: heads[at].textContent.trim(), data: rows.map((row) => numberIn(row.cells[at])) })),
  };
};

const looks = {
  line: (series, at) => ({
    type: "line", borderColor: colour("--accent"), backgroundColor: `${colour("--accent")}22`, fill: true,
    tension: .25, borderWidth: 2, pointRadius: series.data.length > 40 ? 0 : 2.5, pointHitRadius: 12,
    pointBackgroundColor: colour("--accent"),
  }),
  bars: () => ({ type: "bar", backgroundColor: colour("--accent"), borderRadius: 2, categoryPercentage: .9, barPercentage: .9 }),
  sources: () => ({ type: "bar", backgroundColor: colour("--accent"), borderRadius: 2, maxBarThickness: 18 }),
  share: (series, at) => ({
    type: "line", borderColor: colour(["--critical", "--fair", "--soft"][at]), borderWidth: 2, tension: .25,
    borderDash: [[], [6, 3], [2, 3]][at], pointRadius: series.data.length > 40 ? 0 : 2, pointHitRadius: 12,
    pointBackgroundColor: colour(["--critical", "--fair", "--soft"][at]),
  }),
};

const axis = (grid, more = {}) => ({
  grid: { color: grid ? colour("--rule") : "transparent" }, border: { color: colour("--strong-rule") },
  ticks: { color: colour("--soft"), maxRotation: 0, autoSkipPadding: 12, ...more },
});

const short = (label) => (label.length > 24 ? `${label.slice(0, 23)}…` : label);

function draw(place) {
  const { labels, full, series } = read(document.getElementById(place.dataset.table));
  const kind = place.dataset.kind;
  const across = kind === "sources";
  const whole = { precision: 0, callback: kind === "share" ? (value) => `${value}%` : undefined };
  if (!whole.callback) delete whole.callback;
  if (across) place.style.height = `${Math.max(6, labels.length * 1.75 + 2)}rem`;
  place.hidden = false;
  return new Chart(place.querySelector("canvas"), {
    data: { labels, datasets: series.map((one, at) => ({ ...one, ...looks[kind](one, at) })) },
    options: {
      responsive: true, maintainAspectRatio: false, indexAxis: across ? "y" : "x",
      animation: false, interaction: { mode: "index", intersect: false, axis: across ? "y" : "x" },
      font: { family: getComputedStyle(document.body).fontFamily },
      scales: {
        [across ? "y" : "x"]: axis(false, across ? { autoSkip: false, callback: (value) => short(labels[value]) } : {}),
        [across ? "x" : "y"]: { beginAtZero: true, ...axis(true, whole) },
      },
      plugins: {
        legend: { display: series.length > 1, position: "bottom", labels: { color: colour("--ink"), boxWidth: 24, boxHeight: 2 } },
        tooltip: {
          backgroundColor: colour("--ink"), titleColor: colour("--paper"), bodyColor: colour("--paper"), displayColors: series.length > 1,
          callbacks: {
            title: ([item]) => full[item.dataIndex],
            label: (item) => `${series.length > 1 ? `${item.dataset.label}: ` : ""}${item.formattedValue}${kind === "share" ? "%" : ""}`,
          },
        },
      },
    },
  });
}

let drawn = [];
const drawAll = () => {
  for (const chart of drawn) chart.destroy();
  Chart.defaults.font.family = "system-ui, sans-serif";
  drawn = [...document.querySelectorAll(".chart")].map(draw);
};

/* Without a choice the hours are those of the reader's own clock. */
const ownZone = () => {
  const query = new URLSearchParams(location.search);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [...document.querySelectorAll("#zones option")].some((option) => option.value === own);
  if (query.has("zone") || !known || own === document.getElementById("zone").value) return false;
  query.set("zone", own);
  location.replace(`?${query}`);
  return true;
};

if (!ownZone() && window.Chart) {
  drawAll();
  // The chart says it at a glance; the table is a click away.
  for (const numbers of document.querySelectorAll(".numbers")) numbers.open = false;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

const range = document.getElementById("range");
range?.addEventListener("change", (event) => { if (event.target.name === "days") range.requestSubmit(); });
