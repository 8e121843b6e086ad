// Tables that are sorted by a click on a head, and commands that are copied by a button. Nothing of the page needs it.
(() => {
  const sizes = { "µs": 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400, B: 1, KiB: 1024, MiB: 2 ** 20, GiB: 2 ** 30,
    million: 1e6, billion: 1e9, trillion: 1e12 };

  // A cell as a number: all its parts added, such as 4 min 10 s; words have none, and what never ends is the greatest.
  function valueOf(cell) {
    const text = cell.firstChild ? cell.firstChild.textContent.trim() : "";
    if (/^(infinite|never|not |∞|more than)/.test(text)) return Infinity;
    const parts = [...text.replace(/[>≥<%]/g, "").matchAll(/(-?[\d,]*\.?\d+(?:e[+-]?\d+)?)\s*([a-zA-Zµ]+)?/g)];
    if (!parts.length || !/^[>≥<]?\s*(USD )?-?[\d.]/.test(text)) return null;
    return parts.reduce((sum, [, number, unit]) => sum + Number(number.replaceAll(",", "")) * (sizes[unit] ?? 1), 0);
  }

  function compare(a, b) {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (x !== null && y !== null) return x === y ? 0 : x - y;
    if (x !== null || y !== null) return x !== null ? -1 : 1;
    return a.textContent.localeCompare(b.textContent, undefined, { numeric: true });
  }

  function sort(head, column) {
    const body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
    const rows = [...body.rows].filter((row) => !row.classList.contains("sum"));
    rows.sort((a, b) => down * compare(a.cells[column], b.cells[column]));
    body.prepend(...rows);
  }

  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(head, column));
      head.append(button);
    });
  }

  async function copy(code, button) {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code); // where there is no clipboard for scripts
      document.execCommand("copy");
    }
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "copy"), 1500);
  }

  for (const figure of document.querySelectorAll("figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.setAttribute("aria-label", `Copy: ${figure.querySelector("figcaption").textContent}`);
    button.addEventListener("click", () => copy(figure.querySelector("code"), button));
    figure.querySelector("figcaption").append(button);
  }
})();
