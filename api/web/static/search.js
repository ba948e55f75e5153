// Makes the search page instant. Without it the page works the same, with a reload for every step: the server renders
// everything, and this script only swaps the parts of the page that a new answer brings.
"use strict";
(() => {
  const form = document.getElementById("search");
  const input = document.getElementById("query");
  const list = document.getElementById("suggestions");
  if (!form || !input || !list || !window.fetch) return;
  document.documentElement.classList.add("js");

  const REGIONS = ["chips", "facets", "results"];
  const KINDS = { condition: "Condition", intervention: "Treatment", cancer_type: "Cancer type", nct_id: "Trial" };
  const TYPING_PAUSE_MS = 220;
  const SUGGEST_PAUSE_MS = 90;
  const SUGGEST_LIMIT = 60;
  let running = null;
  let timer = 0;

  // ---- searching

  function body(submitter) {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") data.append(name, value);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    return data;
  }

  async function load(target, options, { history, append }) {
    clearTimeout(timer);
    if (running) running.abort();
    running = new AbortController();
    const results = document.getElementById("results");
    results.classList.add("busy");
    results.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(target, {
        ...options,
        signal: running.signal,
        credentials: "same-origin",
        headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      show(page, append);
      remember(page, history);
      return page;
    } catch (error) {
      if (error.name !== "AbortError") fail();
      return null;
    }
  }

  function show(page, append) {
    const focus = document.activeElement && document.activeElement.id;
    const incoming = page.getElementById("results");
    const current = document.getElementById("results");
    if (append && incoming && incoming.querySelector(".hits")) {
      const hits = [...incoming.querySelectorAll(".hit")];
      current.querySelector(".hits").append(...hits);
      const next = current.querySelector(".next");
      const following = incoming.querySelector(".next");
      if (following) next.replaceWith(following);
      else next.remove();
      settle();
      const first = hits[0] && hits[0].querySelector("a");
      if (first) first.focus({ preventScroll: true });
      return;
    }
    const open = new Map([...document.querySelectorAll("#facets details[id]")].map((d) => [d.id, d.open]));
    for (const id of REGIONS) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id).replaceWith(fresh);
    }
    const counted = page.querySelector("#filters > summary");
    if (counted) document.querySelector("#filters > summary").replaceWith(counted);
    for (const [id, isOpen] of open) {
      const details = document.getElementById(id);
      if (details && isOpen) details.open = true;
    }
    settle();
    offerLocation();
    const again = focus && document.getElementById(focus);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  }

  function settle() {
    const results = document.getElementById("results");
    results.classList.remove("busy");
    results.removeAttribute("aria-busy");
  }

  // The server decides what may stand in the address: personal facts never do.
  function remember(page, how) {
    const address = document.getElementById("results").dataset.address; // of the new results, which `show` moved here
    if (!how || !address) return;
    document.title = page.title;
    if (how === "push" && address !== location.pathname + location.search) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  function fail() {
    const results = document.getElementById("results");
    const problem = document.createElement("div");
    problem.className = "problem";
    problem.setAttribute("role", "alert");
    const title = document.createElement("h2");
    title.textContent = "The server cannot be reached";
    const text = document.createElement("p");
    text.textContent = "Check the connection, then press Search again.";
    problem.append(title, text);
    results.replaceChildren(problem);
    settle();
  }

  function search(how, submitter) {
    const append = Boolean(submitter && submitter.name === "cursor");
    return load("/search", { method: "POST", body: body(submitter) }, { history: append ? null : how, append });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    close();
    const submitter = event.submitter;
    await search("push", submitter);
    if (submitter && submitter.name === "remove") input.focus();
  });
  form.addEventListener("change", (event) => {
    if (event.target !== input) search("push");
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search("replace"), TYPING_PAUSE_MS);
    suggestSoon();
  });
  window.addEventListener("popstate", async () => {
    close();
    const page = await load(location.pathname + location.search, {}, { history: null, append: false });
    const query = page && page.getElementById("query");
    if (query) input.value = query.value;
  });

  // ---- suggestions (ARIA combobox with a listbox)

  let asked = 0;
  let asking = 0;
  let active = -1;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "suggestions");
  input.setAttribute("aria-expanded", "false");

  function suggestSoon() {
    clearTimeout(asking);
    asking = setTimeout(suggest, SUGGEST_PAUSE_MS);
  }

  async function suggest() {
    const prefix = input.value.trim();
    const number = ++asked;
    if (prefix.length < 2 || prefix.length > SUGGEST_LIMIT) return close();
    try {
      const response = await fetch("/suggest", {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ q: prefix }),
      });
      if (!response.ok || number !== asked || document.activeElement !== input) return;
      fill((await response.json()).suggestions);
    } catch {
      close();
    }
  }

  function fill(suggestions) {
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(
      ...suggestions.map((suggestion, place) => {
        const item = document.createElement("li");
        item.id = `suggestion-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.dataset.text = suggestion.text;
        item.dataset.kind = suggestion.kind;
        const text = document.createElement("span");
        text.className = "t";
        text.textContent = suggestion.text;
        const kind = document.createElement("span");
        kind.className = "k";
        const trials = suggestion.trials.toLocaleString("en");
        kind.textContent = `${KINDS[suggestion.kind] || suggestion.kind} · ${trials} trial${suggestion.trials === 1 ? "" : "s"}`;
        item.append(text, kind);
        return item;
      }),
    );
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  function close() {
    asked += 1;
    clearTimeout(asking);
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(place) {
    const items = [...list.children];
    active = place < -1 ? items.length - 1 : place >= items.length ? -1 : place;
    items.forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", items[active].id);
    items[active].scrollIntoView({ block: "nearest" });
  }

  function choose(item) {
    close();
    if (item.dataset.kind === "nct_id") {
      location.assign(`/trials/${encodeURIComponent(item.dataset.text)}`);
      return;
    }
    input.value = item.dataset.text;
    search("push");
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return suggestSoon();
      event.preventDefault();
      activate(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) choose(item);
  });
  input.addEventListener("blur", close);

  // ---- place

  function offerLocation() {
    const button = document.getElementById("locate");
    if (!button || !navigator.geolocation || !window.isSecureContext) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          document.getElementById("near").value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)},100`;
          search("push");
        },
        () => {
          button.textContent = "The browser does not tell where you are";
        },
      );
    });
  }

  // Small screens start with the filters folded.
  if (window.matchMedia("(max-width: 820px)").matches) document.getElementById("filters").open = false;
  offerLocation();
})();
