// The page works without this script; with it, it completes commands and keeps itself up to date.
"use strict";

// ---- small things on every page -------------------------------------------------------------------------------
function dress(root) {
  for (const pre of root.querySelectorAll(".body pre")) {
    if (pre.querySelector(".copy")) continue;
    const b = document.createElement("button");
    b.type = "button"; b.className = "copy"; b.textContent = "Copy";
    b.addEventListener("click", async () => {
      const text = pre.querySelector("code") ? pre.querySelector("code").textContent : pre.textContent;
      try { await navigator.clipboard.writeText(text.trimEnd()); b.textContent = "Copied"; } catch { select(pre); b.textContent = "Selected"; }
      setTimeout(() => { b.textContent = "Copy"; }, 1500);
    });
    pre.append(b);
  }
  for (const here of root.querySelectorAll("[data-here]")) here.value = location.pathname;
  syncPersona(root);
}

function select(node) {
  const range = document.createRange();
  range.selectNodeContents(node.querySelector("code") || node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

function syncPersona(root) {
  const as = document.getElementById("as");
  if (as) for (const hidden of root.querySelectorAll("[data-as]")) hidden.value = as.value;
}

function toast(text, target) {
  const box = document.getElementById("toasts"), t = document.createElement("div");
  t.className = "toast";
  t.textContent = text + " ";
  if (target) {
    const a = document.createElement("a");
    a.href = "#" + target; a.textContent = "Show";
    t.append(a);
  }
  box.append(t);
  while (box.children.length > 3) box.firstChild.remove();
  setTimeout(() => t.remove(), 7000);
}

// ---- the page renews itself ------------------------------------------------------------------------------------
const repo = document.body.dataset.repo, issue = Number(document.body.dataset.issue);
let due = 0, first = 0;

function concerns(change) {
  if (!change.repo) return true;
  if (issue) return change.repo === repo && change.issue === issue;
  return !repo || change.repo === repo;
}

function soon() {
  clearTimeout(due);
  const now = performance.now();
  if (!first) first = now;
  due = setTimeout(renew, now - first > 1000 ? 0 : 150);
}

function busy(part) {
  return part.querySelector("[data-edit][open]") || (part.contains(document.activeElement) && document.activeElement.matches("textarea, select, input"));
}

async function renew() {
  first = 0;
  const url = new URL(location.pathname, location.origin);
  if (issue || location.pathname === "/sandbox/writes") url.searchParams.set("part", "live");
  let fresh;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch { return; }
  let shown = "";
  const wanted = new Set();
  let last = null;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    wanted.add(part.id);
    const old = document.getElementById(part.id), source = part.outerHTML;
    if (old && source !== old.dataset.source && !busy(old)) {
      const open = [...old.querySelectorAll(".body details")].map((d) => d.open);
      const next = document.importNode(part, true);
      [...next.querySelectorAll(".body details")].forEach((d, k) => { if (open[k] !== undefined) d.open = open[k]; });
      old.replaceWith(next);
      mark(next, source);
      if (next.matches(".comment.bot")) shown = next.id;
      last = next;
    } else if (!old && part.matches(".comment")) {
      const next = document.importNode(part, true);
      document.getElementById("thread").append(next);
      mark(next, source);
      if (next.matches(".bot")) shown = next.id;
    }
  }
  if (issue) for (const c of document.querySelectorAll("#thread > .comment")) if (!wanted.has(c.id) && !busy(c)) c.remove();
  if (shown) {
    const node = document.getElementById(shown), kind = node.querySelector(".kind");
    const box = node.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight) toast("The bot wrote: " + (kind ? kind.textContent : "a comment") + ".", shown);
  }
}

function mark(node, source) {
  node.dataset.source = source;
  node.classList.add("flash");
  dress(node);
}

function follow() {
  for (const part of document.querySelectorAll("[data-part]")) part.dataset.source = part.outerHTML;
  const stream = new EventSource("/sandbox/events");
  stream.addEventListener("open", renew); // what changed since the page was made, or while the stream was down, was not told
  stream.addEventListener("message", (m) => {
    const change = JSON.parse(m.data);
    if (!change.repo && change.what) toast(change.what);
    if (change.bot && issue && !concerns(change) && /^(wrote|set the label)/.test(change.what || "")) {
      toast("On " + change.repo + "#" + change.issue + " the bot " + change.what + ".");
    }
    if (concerns(change) || location.pathname === "/sandbox/writes") soon();
  });
}

// ---- completion --------------------------------------------------------------------------------------------------
let forms = null;

// load gives the forms that are said on this page.
async function load(place) {
  if (!forms) forms = await (await fetch("/sandbox/commands.json")).json();
  return forms.filter((f) => !place || f.place === place);
}

function lineAt(area) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  let end = area.value.indexOf("\n", area.selectionStart);
  if (end < 0) end = area.value.length;
  return { start, end, text: area.value.slice(start, end), before: area.value.slice(start, area.selectionStart) };
}

// fixed is what of a usage can be put in as it stands: all up to the first placeholder.
function fixed(usage) {
  const cut = usage.search(/[[(|]|\S+\|/);
  return cut < 0 ? usage : usage.slice(0, cut);
}

function matches(all, before) {
  const said = before.replace(/^ {0,3}/, "");
  if (!said.startsWith("/")) return [];
  const out = [];
  const verb = said.slice(1).split(/\s/)[0].toLowerCase();
  if (!/\s/.test(said)) {
    for (const f of all) if (f.verb.startsWith(verb)) out.push({ insert: fixed(f.usage), title: f.usage, note: f.summary });
    return out;
  }
  const want = said.toLowerCase();
  for (const f of all) {
    if (f.verb !== verb) continue;
    const prefix = fixed(f.usage);
    if (prefix.toLowerCase().startsWith(want) && prefix.trim() !== want.trim()) out.push({ insert: prefix, title: f.usage, note: f.summary });
    for (const e of f.examples || []) {
      if (e.toLowerCase().startsWith(want) && e.toLowerCase() !== want.trimEnd()) out.push({ insert: e, title: e, note: "an example of " + f.usage });
    }
  }
  return out;
}

function hintFor(all, text) {
  const m = /^ {0,3}\/([\w-]+)(\s|$)/.exec(text);
  if (!m) return "";
  const of = all.filter((f) => f.verb === m[1].toLowerCase());
  if (!of.length) return "";
  const rest = text.trim().toLowerCase();
  let best = of[0];
  for (const f of of) if (fixed(f.usage).length > fixed(best.usage).length && rest.startsWith(fixed(f.usage).trim().toLowerCase())) best = f;
  return best.usage + " — " + best.summary + " Said by: " + best.who + ".";
}

function complete(area) {
  const box = area.parentElement, list = document.createElement("ul");
  list.className = "options"; list.id = "options"; list.hidden = true;
  list.setAttribute("role", "listbox"); list.setAttribute("aria-label", "Commands");
  box.append(list);
  for (const [k, v] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "options", "aria-expanded": "false", "aria-haspopup": "listbox" })) area.setAttribute(k, v);
  const hint = document.getElementById("hint");
  let offers = [], chosen = 0, handled = false; // handled: the key that is down was taken, its character is not typed

  function close() { list.hidden = true; offers = []; area.setAttribute("aria-expanded", "false"); area.removeAttribute("aria-activedescendant"); }
  function choose(k) {
    chosen = (k + offers.length) % offers.length;
    [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", "option-" + chosen);
  }
  function take(k) {
    const offer = offers[k], line = lineAt(area);
    area.setRangeText(offer.insert, line.start, line.end, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input"));
  }
  async function offer() {
    const all = await load(area.dataset.place), line = lineAt(area);
    const text = hintFor(all, line.text);
    hint.hidden = !text;
    hint.textContent = text;
    offers = area.selectionStart === line.end ? matches(all, line.before).slice(0, 40) : [];
    if (!offers.length) return close();
    list.replaceChildren(...offers.map((o, k) => {
      const li = document.createElement("li"), code = document.createElement("code"), note = document.createElement("span");
      li.id = "option-" + k; li.setAttribute("role", "option");
      code.textContent = o.title; note.textContent = o.note;
      li.append(code, note);
      li.addEventListener("mousedown", (e) => { e.preventDefault(); take(k); });
      return li;
    }));
    list.hidden = false;
    area.setAttribute("aria-expanded", "true");
    choose(0);
  }
  area.addEventListener("input", offer);
  area.addEventListener("click", offer);
  area.addEventListener("blur", () => setTimeout(close, 100));
  area.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); area.form.requestSubmit(); return; }
    handled = !list.hidden && ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(e.key) && !e.shiftKey;
    if (!handled) return;
    e.preventDefault();
    if (e.key === "ArrowDown") choose(chosen + 1);
    else if (e.key === "ArrowUp") choose(chosen - 1);
    else if (e.key === "Escape") close();
    else take(chosen);
  });
  area.addEventListener("keypress", (e) => { if (handled) e.preventDefault(); });
}

follow();
setInterval(renew, 60000); // the clock goes on
dress(document);
const as = document.getElementById("as");
if (as) as.addEventListener("change", () => syncPersona(document));
for (const area of document.querySelectorAll("[data-complete]")) complete(area);
if (location.search) {
  const clean = new URL(location.href);
  clean.searchParams.delete("told");
  history.replaceState(null, "", clean);
}
