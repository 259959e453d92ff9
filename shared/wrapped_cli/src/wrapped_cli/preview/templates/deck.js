(() => {
  'use strict';
  const deck = document.querySelector('.deck');
  const slides = [...deck.querySelectorAll('.slide')];
  const links = [...document.querySelectorAll('.segments a')];
  const buttons = [...document.querySelectorAll('[data-step]')];
  const now = document.querySelector('[data-now]');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let current = -1;
  let heading = -1; // the target of a step while the deck is still scrolling

  const mark = (index) => {
    if (index === current) return;
    current = index;
    slides.forEach((slide, at) => slide.classList.toggle('current', at === index));
    links.forEach((link, at) => {
      link.classList.toggle('seen', at <= index);
      if (at === index) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    });
    now.textContent = String(index + 1);
    buttons.forEach((button) => {
      const there = index + Number(button.dataset.step);
      button.setAttribute('aria-disabled', String(there < 0 || there >= slides.length));
    });
  };

  const go = (index, focus = true) => {
    const to = Math.max(0, Math.min(slides.length - 1, index));
    heading = to;
    deck.scrollTo({ left: slides[to].offsetLeft, behavior: still.matches ? 'instant' : 'smooth' });
    if (focus) slides[to].focus({ preventScroll: true });
    mark(to);
  };
  const here = () => (heading >= 0 ? heading : current);

  deck.addEventListener('scroll', () => {
    const at = Math.round(deck.scrollLeft / deck.clientWidth);
    if (heading >= 0 && at !== heading) return;
    heading = -1;
    mark(at);
  }, { passive: true });
  ['pointerdown', 'wheel', 'touchstart'].forEach((name) => deck.addEventListener(name, () => { heading = -1; }, { passive: true }));

  links.forEach((link, index) => link.addEventListener('click', (event) => { event.preventDefault(); go(index); }));
  buttons.forEach((button) => button.addEventListener('click', () => go(here() + Number(button.dataset.step), false)));

  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const pressable = event.target.closest('a, button, summary');
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (step) go(here() + step);
    else if (event.key === ' ' && !pressable) go(here() + (event.shiftKey ? -1 : 1));
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(slides.length - 1);
    else if (event.key === 'Escape') slides[current].querySelectorAll('details[open]').forEach((open) => { open.open = false; });
    else return;
    if (event.key !== 'Escape') event.preventDefault();
  });

  addEventListener('resize', () => deck.scrollTo({ left: slides[current].offsetLeft, behavior: 'instant' }));
  const target = slides.findIndex((slide) => '#' + slide.id === location.hash);
  mark(Math.max(0, target));
  if (target > 0) deck.scrollTo({ left: slides[target].offsetLeft, behavior: 'instant' });
})();
