"use strict";
// The network: vis-network draws what pyvis described; labels, selection and search are here.
// Text from the data only ever becomes text: textContent and fillText, never markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const t = data.texts;
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const ties = new Map(data.nodes.map((node) => [node.id, []]));
  for (const edge of data.edges) {
    ties.get(edge.from).push({ other: edge.to, detail: edge.detail });
    ties.get(edge.to).push({ other: edge.from, detail: edge.detail });
  }
  const container = document.getElementById("mynetwork");
  const selection = document.getElementById("selection");
  const results = document.getElementById("results");
  const search = document.getElementById("search");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isolate = (text) => "\u2068" + text + "\u2069"; // right-to-left names must not turn their neighbours round

  // --- colours of the two schemes
  let theme = {};
  function readTheme() {
    const css = getComputedStyle(document.documentElement);
    const value = (name) => css.getPropertyValue(name).trim();
    theme = { paper: value("--paper"), ink: value("--ink"), edge: value("--edge"), accent: value("--accent") };
  }
  function paint(node) {
    const background = node.mode === "alliance" ? theme.paper : node.colour;
    const same = { background, border: node.colour };
    return { ...same, highlight: same, hover: same };
  }
  const edgeColours = () => ({ color: theme.edge, highlight: theme.accent, hover: theme.accent, inherit: false });
  readTheme();

  for (const node of data.nodes) node.colour = node.color;
  for (const node of data.nodes) Object.assign(node, { color: paint(node), title: node.name + "\n" + node.about });
  for (const edge of data.edges) edge.title = edge.detail;
  data.options.edges.color = edgeColours();
  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);
  const network = new vis.Network(container, { nodes, edges }, data.options);
  Object.assign(window, { network, nodes, edges });
  dark.addEventListener("change", () => {
    readTheme();
    nodes.update(data.nodes.map((node) => ({ id: node.id, color: paint(node) })));
    network.setOptions({ edges: { color: edgeColours() } });
  });

  // --- labels: large nodes first, as many as fit without touching, always at the same size on the screen
  const SIZE = 12;
  const ALWAYS = 24; // as many of the largest are named at any zoom, where there is room
  const ranked = [...data.nodes].sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  let shown = null; // the nodes that are not dimmed, the most important first; null is all
  function short(name) { return name.length > 34 ? name.slice(0, 32).trimEnd() + "…" : name; }
  function drawLabels(context) {
    const scale = network.getScale();
    const centre = network.getViewPosition();
    const reach = { x: container.clientWidth / 2 / scale, y: container.clientHeight / 2 / scale };
    const taken = [];
    context.font = SIZE / scale + "px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineJoin = "round";
    context.lineWidth = 3.5 / scale;
    context.strokeStyle = theme.paper;
    context.fillStyle = theme.ink;
    const order = shown ? [...shown].map((id) => byId.get(id)) : ranked;
    const inside = (node) => Math.abs(node.x - centre.x) <= reach.x && Math.abs(node.y - centre.y) <= reach.y;
    const drawn = order.filter(inside);
    const covers = (box, own) => drawn.some((n) => n !== own && box[0] < n.x + n.size && n.x - n.size < box[2] && box[1] < n.y + n.size && n.y - n.size < box[3]);
    for (const [rank, node] of drawn.entries()) {
      if (!shown && rank >= ALWAYS && node.size * scale < 6) break; // the rest are smaller: zoom in to read them
      const text = isolate(short(node.name));
      const width = (node.width ??= context.measureText(text).width * scale) / scale;
      const top = node.y + node.size + 3 / scale;
      const box = [node.x - width / 2, top, node.x + width / 2, top + (SIZE + 2) / scale];
      if (taken.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) continue;
      if (rank >= ALWAYS && covers(box, node)) continue; // its name comes when there is room, or under the mouse
      taken.push(box);
      context.strokeText(text, node.x, top);
      context.fillText(text, node.x, top);
      if (taken.length >= 150) break;
    }
  }
  network.on("afterDrawing", drawLabels);

  // --- what is brought out, and what is dimmed
  function emphasise(kept) {
    shown = kept;
    nodes.update(data.nodes.map((node) => ({ id: node.id, opacity: !kept || kept.has(node.id) ? 1 : 0.12 })));
    edges.update(data.edges.map((edge) => ({ id: edge.id, color: { opacity: !kept || (kept.has(edge.from) && kept.has(edge.to)) ? 1 : 0.12 } })));
  }
  function release() {
    emphasise(null);
    network.unselectAll();
    press(null);
    selection.replaceChildren(element("p", t.nothing, "hint"));
  }
  function around(id) {
    const near = [id, ...ties.get(id).map((tie) => tie.other)];
    if (byId.get(id).mode !== "actor") return { near, kept: new Set(near) };
    const allies = near.slice(1).flatMap((alliance) => ties.get(alliance).map((tie) => tie.other));
    return { near, kept: new Set([...near, ...allies]) };
  }
  function choose(id, move) {
    press(null);
    network.selectNodes([id], true);
    const { near, kept } = around(id);
    emphasise(kept);
    describe(byId.get(id));
    if (move) network.fit({ nodes: near, maxZoomLevel: 1.3, animation: still.matches ? false : { duration: 350, easingFunction: "easeInOutQuad" } });
  }

  // --- the panel
  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function link(id, detail, tag = "li") {
    const item = element(tag);
    const button = element("button");
    button.type = "button";
    button.append(element("bdi", byId.get(id).name));
    if (detail) button.append(" ", element("span", detail, "detail"));
    button.addEventListener("click", () => choose(id, true));
    item.append(button);
    return item;
  }
  function allies(alliance, self) {
    const list = element("ul");
    for (const tie of ties.get(alliance)) if (tie.other !== self) list.append(link(tie.other, tie.detail));
    return list;
  }
  function describe(node) {
    const title = element("h3");
    title.append(element("bdi", node.name));
    const list = element("ul");
    for (const tie of ties.get(node.id)) {
      const item = link(tie.other, tie.detail);
      if (node.mode === "actor") item.append(allies(tie.other, node.id));
      list.append(item);
    }
    const parts = [title, element("p", node.about, "hint")];
    if (node.url) {
      const anchor = element("a", t.record);
      anchor.href = node.url;
      parts.push(anchor);
    }
    if (list.children.length) parts.push(element("p", node.mode === "actor" ? t.its_alliances : t.members), list);
    else parts.push(element("p", t.no_ties));
    const clear = element("button", t.clear);
    clear.type = "button";
    clear.addEventListener("click", release);
    parts.push(clear);
    selection.replaceChildren(...parts);
  }
  network.on("click", ({ nodes: hit }) => (hit.length ? choose(hit[0], false) : release()));
  network.on("hoverNode", () => { container.style.cursor = "pointer"; });
  network.on("blurNode", () => { container.style.cursor = ""; });

  // --- the legend
  const kinds = [...document.querySelectorAll("button.kind")];
  function press(button) { for (const one of kinds) one.setAttribute("aria-pressed", String(one === button)); }
  for (const button of kinds) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") === "true";
      release();
      if (on) return;
      press(button);
      const { mode, kind } = button.dataset;
      emphasise(new Set(ranked.filter((node) => node.mode === mode && node.kind === kind).map((node) => node.id)));
    });
  }

  // --- search
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const folded = ranked.map((node) => [fold(node.name), node]);
  function find(query) {
    const wanted = fold(query.trim());
    if (!wanted) return [];
    const hits = folded.filter(([name]) => name.includes(wanted));
    hits.sort((a, b) => b[0].startsWith(wanted) - a[0].startsWith(wanted));
    return hits.slice(0, 8).map(([, node]) => node);
  }
  search.addEventListener("input", () => {
    const hits = find(search.value);
    const items = hits.map((node) => link(node.id, node.about));
    if (search.value.trim() && !hits.length) items.push(element("li", t.no_match, "hint"));
    results.replaceChildren(...items);
  });
  search.addEventListener("keydown", (event) => {
    const hits = event.key === "Enter" ? find(search.value) : [];
    if (hits.length) choose(hits[0].id, true);
  });
  results.addEventListener("click", () => results.replaceChildren());

  // --- tools and keys
  const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, animation: still.matches ? false : { duration: 150 } });
  const pan = (x, y) => { const at = network.getViewPosition(); network.moveTo({ position: { x: at.x + x / network.getScale(), y: at.y + y / network.getScale() } }); };
  const fit = () => network.fit({ animation: still.matches ? false : { duration: 300 } });
  document.getElementById("zoom-in").addEventListener("click", () => zoom(1.4));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
  document.getElementById("fit").addEventListener("click", fit);
  const keys = { ArrowLeft: () => pan(-80, 0), ArrowRight: () => pan(80, 0), ArrowUp: () => pan(0, -80), ArrowDown: () => pan(0, 80), "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), "0": fit };
  container.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { release(); fit(); } });

  network.once("afterDrawing", () => { window.alliancesReady = performance.now(); });
  if (byId.has(data.focus)) choose(data.focus, false);
})();
