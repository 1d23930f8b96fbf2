// Lets the page of the trap round open without signal: the newest copy of its own files, and nothing of anybody's data.

const CACHE = "fenghuo-traps-1";
const FILES = ["traps.html", "traps.css", "traps.mjs", "api.mjs", "dom.mjs", "kept.mjs", "icon.svg", "i18n/traps-zh.json", "i18n/traps-en.json"];

addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES))));

addEventListener("fetch", (event) => {
  const name = new URL(event.request.url).pathname.slice(new URL(registration.scope).pathname.length);
  if (event.request.method !== "GET" || !FILES.includes(name)) return;
  event.respondWith(fetch(event.request).then((answer) => {
    const copy = answer.clone();
    if (answer.ok) event.waitUntil(caches.open(CACHE).then((cache) => cache.put(name, copy)));
    return answer;
  }, () => caches.match(name)));
});
