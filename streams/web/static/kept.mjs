// What waits on this phone for signal, in IndexedDB: a reload, a dead battery or a closed browser loses none of it.

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("fenghuo-traps", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("visits", { keyPath: "id" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const asked = async (mode, ask) => {
  const store = (await opened).transaction("visits", mode).objectStore("visits");
  return new Promise((resolve, reject) => {
    const request = ask(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
};

/** Keep one visit, in place of one of the same id. */
export const put = (visit) => asked("readwrite", (store) => store.put(visit));

/** Everything that waits, the oldest first. */
export const all = async () => (await asked("readonly", (store) => store.getAll())).sort((one, other) => (one.visit.observed_at < other.visit.observed_at ? -1 : 1));

/** Forget a visit that the server has. */
export const drop = (id) => asked("readwrite", (store) => store.delete(id));
