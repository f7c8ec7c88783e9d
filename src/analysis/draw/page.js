(() => {
  const lang = document.documentElement.lang;
  const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text || "" });
  const texts = new Intl.Collator(lang, { numeric: true });
  const value = (cell) => cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
  const raw = (row, place) => value(row.cells[place]);

  const sort = (head, body, place, numeric) => {
    const down = head.getAttribute("aria-sort") === (numeric ? "descending" : "ascending") ? !numeric : numeric;
    const rows = [...body.rows].sort((a, b) => {
      const x = raw(a, place), y = raw(b, place);
      if (!x || !y) return !x - !y;
      return (down ? -1 : 1) * (numeric ? x - y : texts.compare(x, y));
    });
    [...head.parentNode.cells].forEach((cell) => cell.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  };

  const quoted = (text, number) => {
    const safe = !number && /^\s*[=+\-@＝＋－＠\t\r]/.test(text) ? "'" + text : text;
    return '"' + safe.replaceAll('"', '""') + '"';
  };
  const ends = (cell) => cell.dataset.hi === undefined ? [value(cell)] : [value(cell), cell.dataset.hi];
  const line = (row) => [...row.cells].flatMap((cell) => ends(cell).map((text) => quoted(text, cell.classList.contains("num"))));

  const save = (table, name) => {
    const rows = [...table.rows].filter((row) => !row.hidden);
    const csv = rows.map((row) => line(row).join(",")).join("\r\n");
    const link = make("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + csv + "\r\n"], { type: "text/csv" }));
    link.download = name + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const equip = (box) => {
    const { find, count, csv, name } = box.dataset, table = box.querySelector("table"), body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const button = make("button", head.textContent);
      button.type = "button";
      button.onclick = () => sort(head, body, place, head.classList.contains("num"));
      head.replaceChildren(button);
    });
    const tools = make("div"), button = make("button", csv);
    tools.className = "tools";
    if (find) {
      const input = make("input"), left = make("span"), total = body.rows.length;
      const show = () => {
        const asked = input.value.trim().toLocaleLowerCase(lang);
        let shown = 0;
        for (const row of body.rows) shown += !(row.hidden = !row.textContent.toLocaleLowerCase(lang).includes(asked));
        left.textContent = count.replace("%1", shown).replace("%2", total);
      };
      input.type = "search";
      input.placeholder = find;
      input.setAttribute("aria-label", find);
      left.setAttribute("role", "status");
      input.oninput = show;
      show();
      tools.append(input, left);
    }
    button.type = "button";
    button.onclick = () => save(table, name);
    tools.append(button);
    box.prepend(tools);
  };

  const unfold = (details) => {
    const folded = details.querySelector("noscript");
    if (!folded) return;
    folded.replaceWith(...new DOMParser().parseFromString(folded.textContent, "text/html").body.childNodes);
    details.querySelectorAll(".table").forEach(equip);
  };

  document.querySelectorAll(".table").forEach(equip);
  document.querySelectorAll("details").forEach((details) => details.addEventListener("toggle", () => unfold(details)));
  addEventListener("beforeprint", () => document.querySelectorAll("details.printed").forEach((details) => {
    unfold(details);
    details.open = true;
  }));

  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.onclick = () => window.print();
  }

  const tip = make("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  document.addEventListener("pointermove", (event) => {
    const over = event.target.closest("[data-tip]");
    tip.hidden = !over;
    if (!over) return;
    tip.textContent = over.dataset.tip;
    tip.style.left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8) + "px";
    tip.style.top = Math.max(event.clientY - tip.offsetHeight - 8, 4) + "px";
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });

  const links = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.hash.slice(1), link]));
  const follow = () => {
    let here = null;
    for (const [name, link] of links) {
      link.classList.remove("here");
      if (document.getElementById(name).getBoundingClientRect().top < 160 || !here) here = link;
    }
    if (here) here.classList.add("here");
  };
  addEventListener("scroll", follow, { passive: true });
  follow();
})();
