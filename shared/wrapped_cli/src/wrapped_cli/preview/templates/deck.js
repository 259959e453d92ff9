(() => {
  'use strict';
  const deck = document.querySelector('.deck');
  const slides = [...deck.querySelectorAll('.slide')];
  const links = [...document.querySelectorAll('.segments a')];
  const buttons = [...document.querySelectorAll('[data-step]')];
  const now = document.querySelector('[data-now]');
  const play = document.querySelector('[data-play]');
  const hint = document.querySelector('[data-hint]');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let current = -1;
  let heading = -1; // the target of a step while the deck is still scrolling
  let playing = false;
  let timer = 0;

  /* numbers count up once, in the width that they need in the end */
  const countUp = (slide) => {
    if (still.matches || slide.dataset.counted) return;
    slide.dataset.counted = 'yes';
    slide.querySelectorAll('.n').forEach((node) => {
      const final = node.textContent;
      const value = Number(final.replace(/,/g, ''));
      const digits = (final.split('.')[1] || '').length;
      const format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
      const start = performance.now();
      if (!(value > 1)) return;
      node.style.minWidth = node.getBoundingClientRect().width + 'px';
      node.classList.add('counting');
      const step = (time) => {
        const part = Math.min(1, Math.max(0, time - start) / 900);
        node.textContent = part < 1 ? format.format(value * (1 - (1 - part) ** 3)) : final;
        if (part < 1) return requestAnimationFrame(step);
        node.classList.remove('counting');
        node.style.minWidth = '';
      };
      requestAnimationFrame(step);
    });
  };

  /* playing by itself: a bar fills, then the next slide comes; whoever does anything has it to themselves */
  const last = () => current >= slides.length - 1;
  const schedule = () => {
    clearTimeout(timer);
    const wait = 5000 + Math.min(4000, slides[Math.max(0, current)].querySelectorAll('.body li, .body dd').length * 250);
    document.body.style.setProperty('--wait', wait + 'ms');
    if (playing && !document.hidden) timer = setTimeout(() => (last() ? setPlaying(false) : go(current + 1, false)), wait);
  };
  const setPlaying = (on) => {
    playing = on;
    play.setAttribute('aria-label', on ? 'Pause' : 'Play');
    document.body.classList.toggle('playing', on);
    schedule();
  };

  const mark = (index) => {
    if (index === current) return;
    current = index;
    slides.forEach((slide, at) => slide.classList.toggle('current', at === index));
    document.body.style.setProperty('--hue', slides[index].style.getPropertyValue('--hue'));
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
    countUp(slides[index]);
    schedule();
  };

  const go = (index, focus = true) => {
    const to = Math.max(0, Math.min(slides.length - 1, index));
    heading = to;
    deck.scrollTo({ left: slides[to].offsetLeft, behavior: still.matches ? 'instant' : 'smooth' });
    if (focus) slides[to].focus({ preventScroll: true });
    mark(to);
  };
  const here = () => (heading >= 0 ? heading : current);
  const step = (by, focus) => {
    setPlaying(false);
    go(here() + by, focus);
    if (!hint.hidden) {
      hint.hidden = true;
      try { localStorage.setItem('wrapped-hint', 'seen'); } catch { /* shown again next time */ }
    }
  };

  deck.addEventListener('scroll', () => {
    const at = Math.round(deck.scrollLeft / deck.clientWidth);
    if (heading >= 0 && at !== heading) return;
    heading = -1;
    mark(at);
  }, { passive: true });
  ['pointerdown', 'wheel', 'touchstart'].forEach((name) => deck.addEventListener(name, () => {
    heading = -1;
    setPlaying(false);
  }, { passive: true }));

  /* the sides of a slide are buttons, unless something there is used or selected */
  deck.addEventListener('click', (event) => {
    if (event.target.closest('a, button, details') || String(getSelection())) return;
    const across = event.clientX / innerWidth;
    if (across < 0.3) step(-1, false);
    else if (across > 0.7) step(1, false);
  });
  links.forEach((link, index) => link.addEventListener('click', (event) => { event.preventDefault(); step(index - here()); }));
  buttons.forEach((button) => button.addEventListener('click', () => step(Number(button.dataset.step), false)));
  play.addEventListener('click', () => {
    if (!playing && last()) go(0, false);
    setPlaying(!playing);
  });
  document.addEventListener('visibilitychange', schedule);
  still.addEventListener('change', () => { if (still.matches) setPlaying(false); });

  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const pressable = event.target.closest('a, button, summary');
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (by) step(by);
    else if (event.key === ' ' && !pressable) play.click();
    else if (event.key === 'Home') step(-slides.length);
    else if (event.key === 'End') step(slides.length);
    else if (event.key === 'Escape') slides[current].querySelectorAll('details[open]').forEach((open) => { open.open = false; });
    else if (event.key === 'Tab') return setPlaying(false);
    else return;
    if (event.key !== 'Escape') event.preventDefault();
  });

  /* the hours of the day in the viewer's time: the ring turns by their offset from UTC in most of the time played */
  const ring = document.querySelector('[data-months]');
  if (ring) {
    const offsets = new Map();
    Object.entries(JSON.parse(ring.dataset.months)).forEach(([month, ticks]) => {
      const minutes = -new Date(month + '-15T12:00:00Z').getTimezoneOffset();
      offsets.set(minutes, (offsets.get(minutes) || 0) + ticks);
    });
    const [minutes] = [...offsets].sort((a, b) => b[1] - a[1])[0];
    const clock = (total) => [Math.floor(total / 60), Math.abs(total) % 60].map((part) => String(part).padStart(2, '0')).join(':');
    const time = (hour) => clock((hour * 60 + minutes + 2880) % 1440);
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const offset = minutes ? ` (UTC${minutes < 0 ? '−' : '+'}${clock(Math.abs(minutes))})` : '';
    ring.querySelector('g').setAttribute('transform', `rotate(${minutes / 4})`);
    ring.querySelectorAll('[data-hour]').forEach((spoke) => {
      const hour = Number(spoke.dataset.hour);
      spoke.querySelector('title').textContent = `${time(hour)} to ${time(hour + 1)}: ${spoke.dataset.played}`;
    });
    ring.querySelector('[data-zone]').textContent = `Your time: ${name}${name === 'UTC' ? '' : offset}`;
    ring.querySelector('[data-busiest]').textContent = time(Number(ring.querySelector('[data-busiest]').dataset.busiest));
  }

  /* the report's card as a file for the share sheet; the page may fetch nothing, not even a data URI */
  const save = document.querySelector('[data-save]');
  if (save && navigator.canShare) {
    const share = document.querySelector('[data-share]');
    const bytes = Uint8Array.from(atob(save.href.split(',')[1]), (character) => character.charCodeAt(0));
    const files = [new File([bytes], save.download, { type: 'image/png' })];
    share.hidden = !navigator.canShare({ files });
    share.addEventListener('click', () => navigator.share({ files, title: document.title }).catch((error) => {
      if (error.name !== 'AbortError') save.click(); // AbortError: they changed their mind
    }));
  }

  addEventListener('resize', () => deck.scrollTo({ left: slides[current].offsetLeft, behavior: 'instant' }));
  const target = slides.findIndex((slide) => '#' + slide.id === location.hash);
  let seen = false;
  try { seen = localStorage.getItem('wrapped-hint') === 'seen'; } catch { /* not remembered */ }
  hint.hidden = seen || slides.length < 2;
  mark(Math.max(0, target));
  if (target > 0) deck.scrollTo({ left: slides[target].offsetLeft, behavior: 'instant' });
  else if (!still.matches && slides.length > 1) setPlaying(true);
})();
