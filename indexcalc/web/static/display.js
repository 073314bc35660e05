'use strict';
// Pages turn by themselves, or by the arrows; a blank stops them. Whether there is something new is asked for; while nobody
// answers, the old goes on turning.
(() => {
  const {state, digest, seconds} = document.body.dataset;
  const slides = [...document.querySelectorAll('[data-slide]')];
  const page = document.querySelector('[data-page]');
  const lost = document.querySelector('[data-lost]');
  const stopped = document.querySelector('[data-stopped]');
  const said = page.textContent;
  let at = Math.max(slides.findIndex((slide) => !slide.hidden), 0);
  const turn = (step) => {
    slides[at].hidden = true;
    at = (at + step + slides.length) % slides.length;
    slides[at].hidden = false;
    page.textContent = said.replace(/\d+/, at + 1);
  };
  let turning = 0;
  const start = () => {
    clearInterval(turning);
    turning = setInterval(() => { if (stopped.hidden) turn(1); }, seconds * 1000);
  };
  start();
  document.querySelector('[data-keys]').hidden = false; // they do nothing without this script
  addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1}[event.key];
    if (step) turn(step);
    else if (event.key === ' ') stopped.hidden = !stopped.hidden;
    else return;
    event.preventDefault();
    start();
  });
  const ask = async () => {
    try {
      const answer = await fetch(state, {cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(20000)});
      if (!answer.ok) throw new Error(answer.status);
      const now = await answer.text();
      lost.hidden = true;
      if (now === digest) return;
      // the page itself must be there before the old one is let go
      const there = await fetch(location.href, {cache: 'no-store', redirect: 'error'});
      if (there.ok) location.reload();
    } catch {
      lost.hidden = false;
    }
  };
  setInterval(ask, 10000);
})();
