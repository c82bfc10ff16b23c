"use strict";
// Suggestions under the search box, and the name of the territory under the pointer. Pages work without.

function suggestions(input) {
  const { labels, paths, api, lang } = JSON.parse(input.dataset.suggest);
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  list.hidden = true;
  input.parentElement.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) input.setAttribute(name, value);
  let chosen = -1, waiting = 0, asking = null;

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  }
  function choose(place) {
    chosen = place;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === place)));
    if (place >= 0) {
      input.setAttribute("aria-activedescendant", list.children[place].id);
      list.children[place].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  function address(row) {
    return paths[row.list] + encodeURIComponent(row.id).replaceAll("%3A", ":");
  }
  function item(row, number) {
    const one = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("span");
    one.id = `suggestion-${number}`;
    one.setAttribute("role", "option");
    link.href = address(row);
    link.tabIndex = -1;
    link.textContent = (lang === "en" && row.name_en) || row.name;
    kind.textContent = [labels[`${row.list}.${row.kind}`] || labels[row.list], row.place].filter(Boolean).join(", ");
    link.append(kind);
    one.append(link);
    return one;
  }
  async function ask() {
    const text = input.value.trim();
    asking?.abort();
    if (text.length < 2) return show(false);
    asking = new AbortController();
    try {
      const answer = await fetch(`${api}?limit=8&q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!answer.ok) return show(false);
      const { results } = await answer.json();
      list.replaceChildren(...results.filter(row => row.list in paths).map(item));
      choose(-1);
      show(list.children.length > 0);
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  }
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("keydown", event => {
    const last = list.children.length - 1;
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); show(false); }
    else if (list.hidden) return;
    else if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen < last ? chosen + 1 : 0); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen > 0 ? chosen - 1 : last); }
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.href = list.children[chosen].firstChild.href; }
  });
  input.addEventListener("blur", () => setTimeout(() => show(false), 150));
}

function hover(box) {
  const output = box.querySelector("output");
  const say = event => {
    const title = event.target.closest?.("a, path[data-code]")?.querySelector("title");
    output.textContent = title ? title.textContent : "";
  };
  for (const name of ["pointerover", "focusin"]) box.addEventListener(name, say);
  box.addEventListener("pointerleave", () => { output.textContent = ""; });
}

document.querySelectorAll("input[data-suggest]").forEach(suggestions);
document.querySelectorAll("[data-map]").forEach(hover);
