"use strict";
// The review queue. Texts and names are set as text, never as HTML. All offsets are in code points of the article, as in
// records; `fromSelection` and `Array.from` are the places where the browser's UTF-16 is turned into them.

const $ = (id) => document.getElementById(id);
const PAGE = 100;
const types = new Map(); // name → modes, filled from /api/review/vocabulary
const state = {
  ids: [], at: 0, total: 0, done: 0, item: null, points: [], mode: "view", whole: false, seen: new Set(), ahead: new Map(), words: null, busy: false,
};

// --- talking to the server ---------------------------------------------------------------------------------------

async function ask(address, method = "GET", body) {
  const answer = await fetch(address, {
    method,
    headers: body ? { "Content-Type": "application/json", Accept: "application/json" } : { Accept: "application/json" },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.text();
  let data;
  try { data = JSON.parse(text); } catch { data = { detail: text }; }
  if (!answer.ok) throw new Error([data.detail, ...(data.errors || [])].filter(Boolean).join(" ") || answer.statusText);
  return data;
}

async function attempt(work) {
  if (state.busy) return;
  state.busy = true;
  $("problem").hidden = true;
  try {
    await work();
  } catch (error) {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
  } finally {
    state.busy = false;
  }
}

const item = (id) => {
  if (!state.ahead.has(id)) {
    const wanted = ask(`/api/review/item?id=${encodeURIComponent(id)}`);
    wanted.catch(() => state.ahead.delete(id));
    state.ahead.set(id, wanted);
  }
  return state.ahead.get(id);
};

// --- the queue ---------------------------------------------------------------------------------------------------

async function fill() {
  const query = new URLSearchParams(location.search);
  query.set("size", String(PAGE + state.seen.size));
  const queue = await ask(`/api/review/queue?${query}`);
  state.total = queue.total;
  state.done = queue.done;
  const more = queue.ids.filter((id) => !state.seen.has(id));
  for (const id of more) state.seen.add(id);
  state.ids.push(...more);
  return more.length;
}

async function show(at) {
  if (at < 0) return say("This is the first.");
  if (at >= state.ids.length && !(await fill())) return finish();
  state.at = at;
  const id = state.ids[at];
  open_(await item(id));
  state.ahead.clear();
  for (const next of state.ids.slice(at + 1, at + 3)) item(next);
}

async function finish() {
  const query = new URLSearchParams(location.search);
  const article = query.get("document");
  if (article && !state.ids.length) return open_(await ask(`/api/review/article?id=${encodeURIComponent(article)}`));
  $("review").hidden = true;
  state.item = null;
  $("progress").textContent = state.total === 0
    ? "No record meets the filters."
    : `Nothing is left to judge: ${state.done} of ${state.total} are done.`;
  say($("progress").textContent);
}

function open_(found) {
  state.item = found;
  state.mode = "view";
  state.whole = found.offset === 0 && found.text !== null && Array.from(found.text).length >= found.n_characters;
  state.points = Array.from(found.text || "");
  state.words = null;
  $("review").hidden = false;
  $("editor").hidden = true;
  $("actions").hidden = $("review").dataset.writable !== "true";
  const article = found.article;
  $("article-title").textContent = article.title || article.document_id;
  $("complete").setAttribute("aria-pressed", String(found.complete));
  $("whole").hidden = state.whole || found.text === null;
  for (const button of document.querySelectorAll('[data-do="accept"], [data-do="reject"], [data-do="edit"]')) button.hidden = !found.record;
  describe();
  listEvents();
  paint();
  const first = $("article-text").querySelector("mark.event");
  if (first) first.scrollIntoView({ block: "center" });
  window.scrollTo(0, 0);
}

const judgedRecord = () => {
  const { record, review } = state.item;
  return review && review.verdict === "correct" ? { ...record, ...review.changes } : record;
};

function describe() {
  const { record, review, article } = state.item;
  const list = $("coding");
  list.replaceChildren();
  $("progress").textContent = record
    ? `${state.at + 1} of ${state.ids.length}${state.ids.length < state.total - state.done ? "+" : ""} · ${state.done} of ${state.total} done before`
    : "No record left in this article; events that were missed can be added.";
  if (!record) return;
  const now = judgedRecord();
  const rows = [
    ["Type", [...now.event, ...now.mode].join(" / ")],
    ["Whether it happened", now.auxiliary_mode.join(", ") || "happened"],
    ["Words", now.event_text.join(" … ")],
    ["Actor", parties(now.actor)],
    ["Recipient", parties(now.recipient)],
    ["Date", now.date ? `${now.date}${now.enddate && now.enddate !== now.date ? ` to ${now.enddate}` : ""} (${now.date_resolution})` : "undated"],
    ["Published", article.date || "unknown"],
    ["Place", now.event_loc ? `${now.event_loc.resolved_place || ""} ${now.event_loc.country_code || ""}` : "none"],
    ["Confidence", record.confidence === null ? "–" : `${Math.round(record.confidence * 100)} %`],
  ];
  if (review) rows.push(["You said", inWords(review) + (review.note ? ` (${review.note})` : "")]);
  for (const [name, value] of rows) {
    const term = document.createElement("dt");
    const told = document.createElement("dd");
    term.textContent = name;
    told.textContent = value;
    told.dir = "auto";
    told.dataset.field = name;
    list.append(term, told);
  }
}

const parties = (entities) =>
  entities.map((one) => `${one.code || "?"} ${one.sector.join(" ")} ${one.resolved_text || one.entity_text}`.trim()).join("; ") || "none";

function inWords(review) {
  const verdict = { agree: "accepted", reject: "rejected", correct: `corrected: ${Object.keys(review.changes).join(", ")}` }[review.verdict];
  return verdict + (review.judged_in ? `, judged in revision ${review.judged_in}` : "");
}

function listEvents() {
  const list = $("other-events");
  list.replaceChildren();
  for (const event of state.item.events) {
    const line = document.createElement("li");
    const current = state.item.record && event.id === state.item.record.id;
    line.textContent = `${event.event}: ${event.words || ""}${event.review ? ` (${inWords(event.review)})` : ""}${current ? " (this one)" : ""} `;
    if (!current) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = event.review ? "Judge again" : "Judge";
      button.setAttribute("aria-label", `${button.textContent}: ${line.textContent}`);
      button.addEventListener("click", () => attempt(async () => { state.ahead.delete(event.id); open_(await item(event.id)); }));
      line.append(button);
    }
    list.append(line);
  }
  for (const added of state.item.added) {
    const line = document.createElement("li");
    line.textContent = `${added.event.join(", ")}: ${added.event_text.join(" … ")} (added by you) `;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Take back";
    button.setAttribute("aria-label", `Take back ${line.textContent}`);
    button.addEventListener("click", () => attempt(async () => {
      await ask(`/api/review/missed?id=${encodeURIComponent(added.id)}`, "DELETE");
      await reload("Taken back.");
    }));
    line.append(button);
    list.append(line);
  }
}

async function reload(message) {
  const { record, article } = state.item;
  const whole = state.whole ? "&whole=true" : "";
  open_(await ask(record
    ? `/api/review/item?id=${encodeURIComponent(record.id)}${whole}`
    : `/api/review/article?id=${encodeURIComponent(article.document_id)}`));
  state.ahead.clear();
  if (message) say(message);
}

function say(message) { $("said").textContent = message; }

// --- the text ----------------------------------------------------------------------------------------------------

function marksOf(record) {
  if (!record) return [];
  const marks = (record.event_spans || []).map(([start, end]) => [start, end, "event"]);
  for (const role of ["actor", "recipient"])
    for (const entity of record[role] || []) if (entity.start !== null) marks.push([entity.start, entity.end, role]);
  const place = record.event_loc;
  if (place && place.start !== null) marks.push([place.start, place.end, "place"]);
  return marks;
}

function paint() {
  const box = $("article-text");
  if (state.item.text === null) {
    box.textContent = "The store does not have this article's text (it was coded without --with-text).";
    return;
  }
  const { offset } = state.item;
  const length = state.points.length;
  const marks = (state.mode === "view" ? marksOf(judgedRecord()) : draftMarks())
    .map(([start, end, role]) => [Math.max(0, start - offset), Math.min(length, end - offset), role])
    .filter(([start, end]) => start < end);
  const edges = [...new Set([0, length, ...marks.flatMap(([start, end]) => [start, end])])].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const text = state.points.slice(edges[i], edges[i + 1]).join("");
    const roles = [...new Set(marks.filter(([start, end]) => start <= edges[i] && end >= edges[i + 1]).map((mark) => mark[2]))];
    const begun = [...new Set(marks.filter(([start]) => start === edges[i]).map((mark) => mark[2]))];
    if (!roles.length) {
      pieces.push(...safe(text));
      continue;
    }
    const mark = document.createElement("mark");
    mark.className = roles.join(" ");
    if (begun.length) mark.dataset.label = begun.map((role) => (role === "event" ? "event words" : role)).join(", ");
    mark.append(...safe(text));
    pieces.push(mark);
  }
  box.replaceChildren(...pieces);
}

/** Text as nodes, with characters that turn its direction or cannot be seen shut in and named, as the article page has it. */
function safe(text) {
  return text.split(/([\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff])/u).map((part, i) => {
    if (i % 2 === 0) return document.createTextNode(part);
    const span = document.createElement("span");
    span.className = "control";
    span.dataset.code = `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    span.textContent = part;
    return span;
  });
}

/** What is selected in the article's text, as [start, end] in code points of the article; null if nothing is. */
function fromSelection() {
  const selection = getSelection();
  const box = $("article-text");
  if (!selection.rangeCount || selection.isCollapsed || state.item.text === null) return null;
  const range = selection.getRangeAt(0);
  if (!box.contains(range.startContainer) || !box.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(box, 0);
  before.setEnd(range.startContainer, range.startOffset);
  let start = Array.from(before.toString()).length;
  let end = start + Array.from(range.toString()).length;
  while (start < end && !state.points[start].trim()) start += 1;
  while (start < end && !state.points[end - 1].trim()) end -= 1;
  return start < end ? [start + state.item.offset, end + state.item.offset] : null;
}

function wordsOfText() {
  if (!state.words) {
    const text = state.points.join("");
    let unit = 0;
    let point = 0;
    state.words = [];
    for (const match of text.matchAll(/[\p{L}\p{N}\p{M}_'’-]+/gu)) {
      point += Array.from(text.slice(unit, match.index)).length;
      const end = point + Array.from(match[0]).length;
      state.words.push([point + state.item.offset, end + state.item.offset]);
      unit = match.index + match[0].length;
      point = end;
    }
  }
  return state.words;
}

const quoted = (span) =>
  span === null ? "none" : state.points.slice(span[0] - state.item.offset, span[1] - state.item.offset).join("") || `characters ${span[0]} to ${span[1]}`;

// --- controls that hold a stretch of text ------------------------------------------------------------------------

function spanControl(role, label, span, words) {
  const row = document.createElement("span");
  row.className = "span-row";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "span";
  button.dataset.role = role;
  button.setAttribute("aria-describedby", "span-help");
  const set = (value) => {
    button.span = value;
    const text = value && state.item.text === null ? words || quoted(value) : quoted(value);
    button.textContent = `${label}: ${text}`;
    paint();
  };
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "quiet";
  clear.textContent = "Clear";
  clear.setAttribute("aria-label", `Clear ${label}`);
  clear.addEventListener("click", () => { set(null); button.focus(); });
  button.addEventListener("click", () => {
    const chosen = fromSelection();
    if (!chosen) return say("Select words in the article first, or use the arrow keys here.");
    set(chosen);
    say(button.textContent);
  });
  button.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = moved(button.span, step, event.shiftKey);
    if (next) set(next);
    say(button.textContent);
  });
  button.span = span;
  button.textContent = `${label}: ${span && state.item.text === null ? words || quoted(span) : quoted(span)}`;
  row.append(button, " ", clear);
  return row;
}

/** The span a word further or back, or with its end there. */
function moved(span, step, extend) {
  const words = wordsOfText();
  if (!words.length) return null;
  if (span === null) {
    const from = state.item.record?.text_info?.start ?? state.item.offset;
    return words.find(([start]) => start >= from) || words[0];
  }
  if (extend) {
    const last = words.findLastIndex(([start]) => start < span[1]) + step;
    return last >= 0 && last < words.length && words[last][1] > span[0] ? [span[0], words[last][1]] : span;
  }
  const first = step > 0 ? words.findIndex(([start]) => start > span[0]) : words.findLastIndex(([start]) => start < span[0]);
  return first < 0 ? span : words[first];
}

// --- the form ----------------------------------------------------------------------------------------------------

function edit(mode) {
  if ($("review").dataset.writable !== "true" || (mode === "edit" && !state.item.record)) return;
  const chosen = mode === "missed" ? fromSelection() : null;
  state.mode = mode;
  const record = mode === "missed" ? { ...state.item.empty, event_spans: chosen ? [chosen] : [] } : judgedRecord();
  $("editor-title").textContent = mode === "missed" ? "An event that was missed" : "Correct";
  const type = $("event-type");
  type.value = record.event[0] || type.options[0].value;
  showModes(record.mode);
  for (const box of document.querySelectorAll('[name="auxiliary"]')) box.checked = record.auxiliary_mode.includes(box.value);
  $("words").replaceChildren(...(record.event_spans.length ? record.event_spans : [null]).map((span, i) => spanControl("event", "Event words", span, (record.event_text || [])[i])));
  for (const role of ["actor", "recipient"]) {
    $(`${role}s`).replaceChildren();
    for (const entity of record[role]) addParty(role, entity);
  }
  $("date").value = record.date || "";
  $("enddate").value = record.enddate || "";
  $("resolution").value = record.date_resolution || "";
  const place = record.event_loc || {};
  $("place").value = place.resolved_place || "";
  $("country").value = place.country_code || "";
  $("lat").value = place.lat ?? "";
  $("lon").value = place.lon ?? "";
  $("place-words").replaceChildren(spanControl("place", "Place words", place.start === null || place.start === undefined ? null : [place.start, place.end], place.extracted_place));
  $("note").value = (mode === "edit" && state.item.review?.note) || "";
  $("editor").hidden = false;
  paint();
  type.focus();
}

function showModes(chosen) {
  const known = types.get($("event-type").value) || [];
  $("modes").replaceChildren(...known.map((name) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = "mode";
    box.value = name;
    box.checked = chosen.includes(name);
    label.append(box, ` ${name}`);
    return label;
  }));
  if (!known.length) $("modes").textContent = "This type has none.";
}

function addParty(role, entity) {
  const row = $("party-row").content.firstElementChild.cloneNode(true);
  const number = $(`${role}s`).children.length + 1;
  row.querySelector("[data-code]").value = entity.code || "";
  row.querySelector("[data-sector]").value = entity.sector.join(" ");
  row.querySelector(".words-slot").replaceWith(spanControl(role, `Words of ${role} ${number}`, entity.start === null ? null : [entity.start, entity.end], entity.entity_text));
  const remove = row.querySelector("[data-remove]");
  remove.setAttribute("aria-label", `Remove ${role} ${number}`);
  remove.addEventListener("click", () => { row.remove(); paint(); });
  $(`${role}s`).append(row);
  return row;
}

const spansIn = (root) => [...root.querySelectorAll("button.span")].map((button) => button.span).filter(Boolean);

function draftMarks() {
  return [...$("editor").querySelectorAll("button.span")].filter((button) => button.span).map((button) => [...button.span, button.dataset.role]);
}

function fromForm() {
  const party = (row) => {
    const span = row.querySelector("button.span").span;
    return {
      code: row.querySelector("[data-code]").value.trim().toUpperCase() || null,
      sector: row.querySelector("[data-sector]").value.toUpperCase().split(/[\s,]+/).filter(Boolean),
      start: span ? span[0] : null,
      end: span ? span[1] : null,
    };
  };
  const number = (id) => ($(id).value === "" ? null : Number($(id).value));
  const [placeSpan] = spansIn($("place-words"));
  const place = {
    resolved_place: $("place").value.trim() || null, country_code: $("country").value.trim().toUpperCase() || null,
    lat: number("lat"), lon: number("lon"), start: placeSpan ? placeSpan[0] : null, end: placeSpan ? placeSpan[1] : null,
  };
  const date = $("date").value || null;
  const words = spansIn($("words"));
  return {
    event: [$("event-type").value],
    mode: [...document.querySelectorAll('[name="mode"]:checked')].map((box) => box.value),
    auxiliary_mode: [...document.querySelectorAll('[name="auxiliary"]:checked')].map((box) => box.value),
    actor: [...$("actors").children].map(party),
    recipient: [...$("recipients").children].map(party),
    date,
    enddate: date ? $("enddate").value || date : null,
    date_resolution: date ? $("resolution").value || "day" : null,
    event_loc: Object.values(place).every((value) => value === null) ? null : place,
    ...(words.length ? { event_spans: words } : {}),
  };
}

async function save() {
  const note = $("note").value.trim();
  const { record, article } = state.item;
  if (state.mode === "missed") {
    await ask("/api/review/missed", "POST", { document_id: article.document_id, revision: article.revision, coding: fromForm(), note });
    await reload("The missed event was added.");
    return;
  }
  const said = await ask("/api/review/judgements", "POST", { record_id: record.id, revision: record.revision, verdict: "correct", changes: fromForm(), note });
  const fields = Object.keys(said.changes);
  await next(fields.length ? `Corrected: ${fields.join(", ")}.` : "Accepted: nothing was changed.");
}

async function judge(verdict) {
  const { record } = state.item;
  if (!record) return;
  await ask("/api/review/judgements", "POST", { record_id: record.id, revision: record.revision, verdict });
  await next(verdict === "agree" ? "Accepted." : "Rejected.");
}

async function next(message) {
  await show(state.at + 1);
  const { record } = state.item || {};
  say(record ? `${message} Next: ${[...record.event, ...record.mode].join(" ")}, ${record.event_text.join(" ")}.` : message);
}

function leave() {
  $("editor").hidden = true;
  state.mode = "view";
  paint();
  document.querySelector('[data-do="edit"]').focus();
}

const actions = {
  accept: () => attempt(() => judge("agree")),
  reject: () => attempt(() => judge("reject")),
  edit: () => edit("edit"),
  missed: () => edit("missed"),
  skip: () => attempt(() => next("Skipped.")),
  back: () => attempt(() => show(state.at - 1)),
  whole: () => attempt(async () => { state.whole = true; await reload("The whole article."); }),
  complete: () => attempt(async () => {
    const { article, complete } = state.item;
    await ask("/api/review/articles", "POST", { document_id: article.document_id, revision: article.revision, complete: !complete });
    await reload(complete ? "The article is open again." : "The article has no other event.");
  }),
};

const focusOn = (find) => { edit("edit"); const target = find(); if (target) target.focus(); };
const keys = {
  a: actions.accept, r: actions.reject, e: actions.edit, m: actions.missed, n: actions.skip, ArrowRight: actions.skip,
  b: actions.back, ArrowLeft: actions.back, w: actions.whole, c: actions.complete,
  t: () => focusOn(() => $("event-type")),
  x: () => focusOn(() => document.querySelector('[name="auxiliary"]')),
  v: () => focusOn(() => $("words").querySelector("button.span")),
  1: () => focusOn(() => $("actors").querySelector("input") || document.querySelector('[data-add="actor"]')),
  2: () => focusOn(() => $("recipients").querySelector("input") || document.querySelector('[data-add="recipient"]')),
  d: () => focusOn(() => $("date")),
  p: () => focusOn(() => $("place")),
  "?": () => { const help = document.querySelector(".keys"); help.open = !help.open; if (help.open) help.querySelector("summary").focus(); },
};

document.addEventListener("keydown", (event) => {
  if (!state.item) return;
  if (!$("editor").hidden) {
    if (event.key === "Escape") { event.preventDefault(); leave(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); attempt(save); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (!$("single-keys").checked && event.key.length === 1) return;
  if (event.key.startsWith("Arrow") && event.target.closest("#article-text")) return;
  const act = keys[event.key];
  if (!act || ($("review").dataset.writable !== "true" && !["n", "b", "w", "?", "ArrowLeft", "ArrowRight"].includes(event.key))) return;
  event.preventDefault();
  act();
});

for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", actions[button.dataset.do]);
$("whole").addEventListener("click", actions.whole);
$("complete").addEventListener("click", actions.complete);
$("complete").disabled = $("review").dataset.writable !== "true";
$("cancel").addEventListener("click", leave);
$("editor").addEventListener("submit", (event) => { event.preventDefault(); attempt(save); });
$("event-type").addEventListener("change", () => showModes([]));
$("add-words").addEventListener("click", () => {
  const row = spanControl("event", "Event words", fromSelection(), "");
  $("words").append(row);
  row.querySelector("button").focus();
  paint();
});
for (const button of document.querySelectorAll("[data-add]")) {
  button.addEventListener("click", () => {
    const chosen = fromSelection();
    const row = addParty(button.dataset.add, { code: "", sector: [], start: chosen ? chosen[0] : null, end: chosen ? chosen[1] : null, entity_text: "" });
    row.querySelector("input").focus();
    paint();
  });
}
$("date").addEventListener("input", () => { $("enddate").value = $("date").value; if (["", "publication"].includes($("resolution").value)) $("resolution").value = "day"; });
for (const id of ["place", "country"]) $(id).addEventListener("input", () => { $("lat").value = ""; $("lon").value = ""; });

attempt(async () => {
  const vocabulary = await ask("/api/review/vocabulary");
  for (const type of vocabulary.types) types.set(type.name, type.modes);
  await show(0);
});
