// What may wait until the page has answered: first the picture that follows a key or click, then the work.

/** Do `work` once the next picture is on the screen; a hidden page paints nothing, there it is done at once. */
export function afterPaint(work) {
  if (document.hidden) setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
}

/** A promise of the same. */
export const painted = () => new Promise((go) => { afterPaint(go); });

/** A function that asks for `work` after the next picture, once however often it is called before. */
export function onceAfterPaint(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    afterPaint(() => { asked = false; work(); });
  };
}

/** Note in the page when its map last stood still, milliseconds since it was opened: for whoever measures it. */
export const stands = (box) => { box.dataset.stands = String(Math.round(performance.now())); };
